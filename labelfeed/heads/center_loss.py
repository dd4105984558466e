"""Softmax with a pull of each row to the centre of its class."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from labelfeed.heads._texts import documented
from labelfeed.heads.base import LabelHead, RowLosses, positive
from labelfeed.types import Shape, Tensor

__all__ = ["CenterLoss"]


@keras.saving.register_keras_serializable(package="labelfeed")
@documented
class CenterLoss(LabelHead):
    """Linear softmax plus the squared distance to the class centre.

    `l_i = -log softmax(x_i W + b)_y + w / 2 |x_i - c_y|^2`; the second term in training only. The
    centres are trained by the optimizer as all weights are (the paper has a rule of its own).

    Args:
        {num_classes}
        weight: w, >= 0; the paper uses 0.003 on embeddings of no fixed length.
        {kwargs}

    {embedding_and_label}

    Output shape:
        Logits `(batch, num_classes)`, float32.

    Raises:
        ValueError: `weight` is negative.

    Reference:
        Wen et al. (2016), A Discriminative Feature Learning Approach for Deep Face Recognition.

    Example:
        >>> import numpy as np
        >>> tuple(CenterLoss(3)(np.ones((2, 4), "float32"), np.array([0, -1])).shape)
        (2, 3)
    """

    def __init__(self, num_classes: int, weight: float = 0.003, **kwargs: Any) -> None:
        """Check and store the arguments."""
        super().__init__(num_classes, **kwargs)
        self.weight = positive(weight, "weight") if weight else 0.0

    def build(self, embedding_shape: Shape, label_shape: Shape | None = None) -> None:
        """Allocate kernel, bias and centres."""
        depth, common = embedding_shape[-1], {"dtype": "float32", "autocast": False}
        shape = (self.num_classes, depth)
        self.kernel = self.add_weight(
            shape=(depth, self.num_classes), initializer="glorot_uniform", name="kernel", **common
        )
        self.bias = self.add_weight(shape=shape[:1], initializer="zeros", name="bias", **common)
        self.centres = self.add_weight(shape=shape, initializer="zeros", name="centres", **common)

    def row_losses(
        self, embedding: Tensor, label: Tensor, training: bool | None = None
    ) -> RowLosses:
        """Return cross-entropy and, in training, the pull of each row."""
        assert self.num_classes is not None
        label = self.checked(embedding, label)
        embedding = ops.cast(embedding, "float32")
        logits = self.scores(embedding)
        index = ops.clip(label, 0, self.num_classes - 1)
        own = ops.take_along_axis(logits, index[:, None], axis=1)[:, 0]
        losses = ops.logsumexp(logits, axis=1) - own
        if training:
            distance = embedding - ops.take(self.centres, index, axis=0)
            losses = losses + 0.5 * self.weight * ops.sum(ops.square(distance), axis=1)
        return self.masked(losses, label, ops.cast(ops.argmax(logits, axis=1), "int32") == label)

    def scores(self, embedding: Tensor) -> Tensor:
        """Return float32 logits `(batch, num_classes)`."""
        self.checked(embedding)
        return ops.matmul(ops.cast(embedding, "float32"), self.kernel) + self.bias

    def probabilities(self, scores: Tensor) -> Tensor:
        """Return the softmax of the logits."""
        return ops.softmax(scores, axis=-1)

    def compute_output_shape(
        self, embedding_shape: Shape, label_shape: Shape | None = None
    ) -> Shape:
        """Return `(batch, num_classes)`."""
        return (embedding_shape[0], self.num_classes)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "weight": self.weight}
