"""Supervised contrastive loss as a layer, for embeddings without class centres."""

from __future__ import annotations

from typing import Any

import keras

from labelfeed.heads._texts import documented
from labelfeed.heads.base import LabelHead, RowLosses, positive
from labelfeed.losses.margins import unit_and_norm
from labelfeed.losses.supervised_contrastive import supervised_contrastive
from labelfeed.types import Shape, Tensor

__all__ = ["SupCon"]


@keras.saving.register_keras_serializable(package="labelfeed")
@documented
class SupCon(LabelHead):
    """Pull rows of one class together and push the others away, without centres.

    The loss is that of `losses.supervised_contrastive`, in training and in validation. It has no
    class scores: what it returns is the unit embedding. Rows alone with their label have no loss.

    Args:
        temperature: T, > 0; the paper uses 0.1.
        {kwargs}

    {embedding_and_label}

    Output shape:
        Unit embedding `(batch, dimension)`, float32.

    Reference:
        Khosla et al. (2020), Supervised Contrastive Learning.

    Example:
        >>> import numpy as np
        >>> tuple(SupCon()(np.ones((2, 4), "float32"), np.array([0, 0])).shape)
        (2, 4)
    """

    by_row = False

    def __init__(self, temperature: float = 0.1, **kwargs: Any) -> None:
        """Check and store the arguments."""
        super().__init__(None, **kwargs)
        self.temperature = positive(temperature, "temperature")

    def build(self, embedding_shape: Shape, label_shape: Shape | None = None) -> None:
        """Allocate nothing."""

    def row_losses(
        self, embedding: Tensor, label: Tensor, training: bool | None = None
    ) -> RowLosses:
        """Return the loss of each row that is not alone with its label."""
        label = self.checked(embedding, label)
        losses, counted = supervised_contrastive(embedding, label, self.temperature)
        return RowLosses(losses, counted, None)

    def scores(self, embedding: Tensor) -> Tensor:
        """Return the unit embedding, `(batch, dimension)`."""
        self.checked(embedding)
        return unit_and_norm(embedding)[0]

    def probabilities(self, scores: Tensor) -> Tensor:
        """Raise: there are no classes."""
        raise TypeError("SupCon has no class scores; make prototypes of the embeddings instead.")

    def compute_output_shape(
        self, embedding_shape: Shape, label_shape: Shape | None = None
    ) -> Shape:
        """Return the embedding's shape."""
        return tuple(embedding_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "temperature": self.temperature}
