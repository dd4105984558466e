"""Losses for labels that may be wrong: forward correction by a noise matrix, and GCE."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from labelfeed.losses._given import of_given
from labelfeed.types import ArrayLike, Tensor

__all__ = ["ForwardCorrected", "GeneralizedCrossentropy"]

_TINY = 1e-7


@keras.saving.register_keras_serializable(package="labelfeed")
class ForwardCorrected(keras.losses.Loss):
    """Cross-entropy of the given labels under the network's true classes and a noise matrix.

    `l = -log sum_i p_i T[i, given]`. The network learns the probabilities of the true classes; its
    minimum is that of training on true labels. Of yes/no labels each has a matrix of its own.

    Args:
        matrix: Noise matrix T: `(C, C)` of a single label, `(L, 2, 2)` of L yes/no labels, the
            states in the order no, yes. Rows true, columns given; each row sums to 1.
        name: Name of the loss.
        **common: As every Keras loss.

    Input shape: ids `(n,)` and probabilities `(n, C)`, or labels 0 and 1 `(n, L)` and probabilities
        of yes `(n, L)`. Output shape: `(n,)`, or `(n, L)`.

    Raises:
        ValueError: A row of the matrix does not sum to 1, or it has another shape.

    References:
        Patrini et al. 2017, Making deep neural networks robust to label noise: a loss correction
        approach, theorem 2.

    Example:
        >>> loss = ForwardCorrected([[0.8, 0.2], [0.0, 1.0]], reduction="none")
        >>> values = loss(np.array([1]), np.array([[1.0, 0.0]]))
        >>> round(float(values[0]), 4), round(-np.log(0.2), 4)
        (1.6094, np.float64(1.6094))
    """

    def __init__(self, matrix: ArrayLike, name: str = "forward_corrected", **common: Any) -> None:
        super().__init__(name=name, **common)
        found = np.asarray(matrix, np.float64)
        square = found.ndim in (2, 3) and found.shape[-1] == found.shape[-2]
        if not square or (found.ndim == 3 and found.shape[-1] != 2):
            raise ValueError(f"matrix must be (C, C) or (L, 2, 2), got shape {found.shape}.")
        if not (np.abs(found.sum(axis=-1) - 1) < 1e-4).all() or (found < 0).any():
            raise ValueError(
                "Each row of matrix holds P(given | true): numbers >= 0 that sum to 1."
            )
        self.matrix = found

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the loss of each label."""
        matrix = ops.cast(self.matrix, y_pred.dtype)
        if self.matrix.ndim == 3:
            y_pred = matrix[:, 0, 1] * (1 - y_pred) + matrix[:, 1, 1] * y_pred
        else:
            y_pred = ops.matmul(y_pred, matrix)
        return -ops.log(ops.maximum(of_given(y_true, y_pred), _TINY))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "matrix": self.matrix.tolist()}


@keras.saving.register_keras_serializable(package="labelfeed")
class GeneralizedCrossentropy(keras.losses.Loss):
    """Generalised cross entropy: between cross-entropy and the mean absolute error.

    `l = (1 - p_given ** q) / q`. Rows that the network is sure are wrong have little gradient.
    Keras's own takes one-hot rows; this one takes ids, and yes/no labels one by one.

    Args:
        q: In (0, 1]; towards 0 it is cross-entropy, 1 is the mean absolute error.
        name: Name of the loss.
        **common: As every Keras loss.

    Input shape: as `ForwardCorrected`.

    Raises:
        ValueError: q is out of its range.

    References:
        Zhang and Sabuncu 2018, Generalized cross entropy loss for training deep neural networks
        with noisy labels.

    Example:
        >>> loss = GeneralizedCrossentropy(q=1.0, reduction="none")
        >>> float(loss(np.array([1]), np.array([[0.75, 0.25]]))[0])
        0.75
    """

    def __init__(
        self, q: float = 0.7, name: str = "generalized_crossentropy", **common: Any
    ) -> None:
        super().__init__(name=name, **common)
        if not 0 < q <= 1:
            raise ValueError(f"q must be in (0, 1], got {q!r}.")
        self.q = q

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return the loss of each label."""
        p = ops.maximum(of_given(y_true, y_pred), _TINY)
        return (1 - ops.power(p, self.q)) / self.q

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "q": self.q}
