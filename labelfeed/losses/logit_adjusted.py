"""Cross-entropy that asks for balanced classes: logits adjusted by the prior while training."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from labelfeed.losses._given import of_given
from labelfeed.types import ArrayLike, Tensor

__all__ = ["LogitAdjusted"]

_TINY = 1e-7


@keras.saving.register_keras_serializable(package="labelfeed")
class LogitAdjusted(keras.losses.Loss):
    """Cross-entropy of logits to which `tau log prior` is added in training, and in training alone.

    `l = -log(p_y prior_y^tau / sum_k p_k prior_k^tau)`, of a yes/no label over its two states. With
    `tau = 1` what the network learns are probabilities where all classes are equally frequent: its
    most probable class is the one of least balanced error. Where another prior is known,
    `layers.PriorShift` goes from equal shares to that one.

    Args:
        prior: Share of each class in training `(C,)`, which sum to 1; or of yes `(L,)` in L yes/no
            labels. Each in (0, 1).
        tau: Strength, >= 0; 0 is cross-entropy.
        yes_no: Whether the labels are yes/no labels, and not ids of classes.
        name: Name of the loss.
        **common: As every Keras loss.

    Input shape: ids `(n,)` and probabilities `(n, C)`, or labels 0 and 1 `(n, L)` and probabilities
        of yes `(n, L)`. Output shape: `(n,)`, or `(n, L)`.

    Raises:
        ValueError: The prior is none, or tau is out of its range.

    References:
        Menon et al. 2021, Long-tail learning via logit adjustment; Ren et al. 2020, Balanced
        meta-softmax (tau = 1).

    Example:
        >>> loss = LogitAdjusted([0.9, 0.1], reduction="none")
        >>> even = np.array([[0.5, 0.5]])
        >>> [round(float(loss(np.array([y]), even)[0]), 4) for y in (0, 1)]  # -log .9, -log .1
        [0.1054, 2.3026]
    """

    def __init__(
        self,
        prior: ArrayLike,
        tau: float = 1.0,
        yes_no: bool = False,
        name: str = "logit_adjusted",
        **common: Any,
    ) -> None:
        super().__init__(name=name, **common)
        found = np.asarray(prior, np.float64)
        if found.ndim != 1 or not ((found > 0) & (found < 1)).all():
            raise ValueError(
                f"prior must be shares (C,), each above 0 and below 1, got {found.tolist()!r}."
            )
        if not yes_no and abs(found.sum() - 1) > 1e-3:
            raise ValueError(
                f"Shares of classes sum to 1, got {found.sum():g}; yes_no=True for yes/no labels."
            )
        if not tau >= 0:
            raise ValueError(f"tau must be at least 0, got {tau!r}.")
        self.prior, self.tau, self.yes_no = found, tau, yes_no

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the loss of each label."""
        if self.yes_no:
            odds = ops.cast((self.prior / (1 - self.prior)) ** self.tau, y_pred.dtype)
            present = y_pred * odds
            y_pred = present / (present + 1 - y_pred)
        else:
            y_pred = y_pred * ops.cast(self.prior**self.tau, y_pred.dtype)
            y_pred = y_pred / ops.sum(y_pred, axis=-1, keepdims=True)
        return -ops.log(ops.maximum(of_given(y_true, y_pred), _TINY))

    def get_config(self) -> dict[str, Any]:
        own = {"prior": self.prior.tolist(), "tau": self.tau, "yes_no": self.yes_no}
        return {**super().get_config(), **own}
