"""Asymmetric loss: yes/no labels of which few are yes, its easy no's counted for little."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from labelfeed.losses._given import of_given
from labelfeed.types import Tensor

__all__ = ["AsymmetricLoss"]

_TINY = 1e-7


@keras.saving.register_keras_serializable(package="labelfeed")
class AsymmetricLoss(keras.losses.Loss):
    """Focal cross-entropy with a focus of its own for yes and for no, and sure no's left out.

    `-(1 - p)^focus_yes log p` of a yes, `-q^focus_no log(1 - q)` with `q = max(p - margin, 0)` of a
    no. It ranks; what the network learns are no probabilities, and no prior shifts them.

    Args:
        focus_no: Exponent of a no, >= 0.
        focus_yes: Exponent of a yes, >= 0. Both 0, with no margin: binary cross-entropy.
        margin: Probability in [0, 1) below which a no counts for nothing.
        name: Name of the loss.
        **common: As every Keras loss.

    Input shape: labels 0 and 1 `(n, L)` and probabilities of yes `(n, L)`. Output shape: `(n, L)`.

    Raises:
        ValueError: An argument is out of its range.

    References:
        Ridnik et al. 2021, Asymmetric loss for multi-label classification.

    Example:
        >>> import numpy as np
        >>> loss = AsymmetricLoss(1.0, 0.0, margin=0.1, reduction="none")
        >>> labels, p = np.array([[1.0], [0.0], [0.0]]), np.array([[0.5], [0.6], [0.2]])
        >>> [round(float(value), 4) for value in np.ravel(loss(labels, p))]
        [0.6931, 0.3466, 0.0105]
    """

    def __init__(
        self,
        focus_no: float = 4.0,
        focus_yes: float = 1.0,
        margin: float = 0.05,
        name: str = "asymmetric",
        **common: Any,
    ) -> None:
        super().__init__(name=name, **common)
        if not (focus_no >= 0 and focus_yes >= 0):
            raise ValueError(
                f"focus_no and focus_yes must be at least 0, got {focus_no!r} and {focus_yes!r}."
            )
        if not 0 <= margin < 1:
            raise ValueError(f"margin must be in [0, 1), got {margin!r}.")
        self.focus_no, self.focus_yes, self.margin = focus_no, focus_yes, margin

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the loss of each label."""
        present = ops.cast(y_true, y_pred.dtype)
        shifted = present * y_pred + (1 - present) * ops.maximum(y_pred - self.margin, 0.0)
        given = ops.clip(of_given(y_true, shifted), _TINY, 1.0)
        # Of the other state a little at least: the slope of 0 ** focus has no end below 1.
        other = ops.clip(1 - given, _TINY, 1.0)
        focus = present * self.focus_yes + (1 - present) * self.focus_no
        return -ops.power(other, focus) * ops.log(given)

    def get_config(self) -> dict[str, Any]:
        own = {"focus_no": self.focus_no, "focus_yes": self.focus_yes, "margin": self.margin}
        return {**super().get_config(), **own}
