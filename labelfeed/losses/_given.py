"""The probability of the labels that are given, for losses of ids and of yes/no labels."""

from __future__ import annotations

from keras import ops

from labelfeed.types import Tensor


def of_given(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Return the probability of each given label; of unknown ones, which do not count, of any."""
    if len(y_true.shape) == len(y_pred.shape):
        present = ops.cast(y_true, y_pred.dtype)
        return present * y_pred + (1 - present) * (1 - y_pred)
    ids = ops.maximum(ops.cast(y_true, "int32"), 0)
    return ops.take_along_axis(y_pred, ids[:, None], axis=1)[:, 0]
