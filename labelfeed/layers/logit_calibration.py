"""Scale and shift of logits, so that evidence can be added to them on one scale."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from labelfeed.layers._filled import filled
from labelfeed.types import ArrayLike, Shape, Shapes, Tensor

__all__ = ["LogitCalibration", "fit_scale_and_shift"]

_STEPS = 100  # of Newton's method; a handful suffices, but for steps that are cut short


@keras.saving.register_keras_serializable(package="labelfeed")
class LogitCalibration(keras.layers.Layer):
    """Scale and shift each logit: `out_j = s_j z_j + b_j` with frozen `s_j > 0`.

    The rows of one label keep their order, so its AUC stays what it is; the probabilities become
    what is seen. A network that was trained briefly ranks well long before its logits are large
    enough; log-odds of known labels that are added to them then drown what the features say.

    Args:
        **kwargs: `name`, `dtype`, `trainable`.

    Input shape:
        `(batch, num_labels)` logits.

    Output shape:
        The same; equal to the input until `adapt` is called.

    References:
        Platt 1999, Probabilistic outputs for support vector machines.

    Example:
        >>> import keras, numpy as np
        >>> layer = LogitCalibration()
        >>> timid = np.array([[-0.2], [-0.1], [0.1], [0.2]] * 25)
        >>> layer.adapt(timid, timid > 0)
        >>> bool(keras.ops.min(keras.ops.abs(layer(timid))) > 0.5)
        True
    """

    built: bool

    def __init__(self, **kwargs: Any) -> None:
        """Take Keras's own arguments."""
        super().__init__(**kwargs)

    def build(self, input_shape: Shapes) -> None:
        """Allocate scale 1 and shift 0 for each label."""
        if self.built:
            return
        exact = {"dtype": "float32", "autocast": False, "trainable": False}
        shape = (input_shape[-1],)
        self.scale = self.add_weight(shape, filled("ones"), name="scale", **exact)
        self.shift = self.add_weight(shape, filled("zeros"), name="shift", **exact)
        self.built = True

    def adapt(self, logits: ArrayLike, labels: ArrayLike) -> None:
        """Fit scale and shift, best on rows that the network was not trained on.

        Args:
            logits: `(n, num_labels)`, as they enter this layer.
            labels: `(n, num_labels)` of 0 and 1; -1 where unknown.
        """
        logits = np.asarray(logits, dtype=np.float64)
        self.build(logits.shape)
        scale, shift = fit_scale_and_shift(logits, np.asarray(labels))
        self.scale.assign(scale)
        self.shift.assign(shift)

    def reset(self) -> None:
        """Pass logits on as they are again."""
        self.scale.assign(np.ones(self.scale.shape))
        self.shift.assign(np.zeros(self.shift.shape))

    def call(self, inputs: Tensor) -> Tensor:
        """Return the logits scaled and shifted."""
        out = ops.cast(inputs, "float32") * self.scale + self.shift
        return ops.cast(out, self.compute_dtype)

    def compute_output_shape(self, input_shape: Shapes) -> Shape:
        """Return the shape of the logits."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config()}  # Keras's automatic config refuses a dtype policy


def fit_scale_and_shift(logits: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the most likely `s_j`, `b_j` in `P(y_j = 1) = sigmoid(s_j z_j + b_j)`, label by label.

    With a standard normal prior on `log s` and on `b`: few rows, or a label that is constant in
    them, leave `s` near 1 and `b` near 0, and `s` stays positive.

    Args:
        logits: float array `(n, num_labels)`; what is not finite is left out.
        labels: int array of the same shape: 0, 1, and -1 (unknown, left out).

    Returns:
        Two float64 arrays `(num_labels,)`.
    """
    scale, shift = np.ones(logits.shape[1]), np.zeros(logits.shape[1])
    for j in range(logits.shape[1]):
        rows = (labels[:, j] >= 0) & np.isfinite(logits[:, j])
        z, y = logits[rows, j].astype(np.float64), labels[rows, j].astype(np.float64)
        at = np.zeros(2)  # log s, b
        loss = _loss(at, z, y)
        for _ in range(_STEPS):
            slope = np.exp(at[0]) * z
            p = 0.5 + 0.5 * np.tanh(0.5 * (slope + at[1]))
            towards = np.stack([slope, np.ones_like(z)])
            gradient = towards @ (p - y) + at
            # Gauss-Newton: positive definite wherever it is.
            step = np.linalg.solve((towards * (p * (1 - p))) @ towards.T + np.eye(2), gradient)
            share = min(1.0, 1.0 / (np.abs(step).max() + 1e-12))
            while share > 1e-9 and not _loss(at - share * step, z, y) <= loss:
                share /= 2
            at = at - share * step
            before, loss = loss, _loss(at, z, y)
            if before - loss < 1e-10 * (1 + before):
                break
        scale[j], shift[j] = np.exp(at[0]), at[1]
    return scale, shift


def _loss(at: np.ndarray, z: np.ndarray, y: np.ndarray) -> float:
    out = np.exp(at[0]) * z + at[1]
    return float((np.logaddexp(0, out) - y * out).sum() + 0.5 * at @ at)
