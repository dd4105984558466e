"""Ids or one-hot rows: what a loss or metric of a single label takes as targets."""

from __future__ import annotations

from keras import ops

from labelfeed.models.native_ops import at_least
from labelfeed.models.score_kinds import keras_name
from labelfeed.types import Identifier, Tensor

__all__ = ["IDS", "ROWS", "in_form", "target_form"]

IDS = "ids"  # (n,)
ROWS = "rows"  # (n, num_classes): one-hot, or class probabilities

# They compare what they get as it is, or take no targets.
_EITHER = {"Accuracy", "BinaryIoU", "CTC", "Circle", "IoU", "Mean", "MeanIoU", "Sum"}


def target_form(given: Identifier) -> str | None:
    """Return what a loss or metric takes for the targets of several classes.

    Args:
        given: A Keras loss or metric, or a function `(y_true, y_pred)`.

    Returns:
        `IDS`, `ROWS`, or `None` for what is no loss or metric of Keras's: it gets what there is.

    Example:
        >>> import keras
        >>> target_form(keras.losses.SparseCategoricalCrossentropy())
        'ids'
        >>> target_form(keras.metrics.CategoricalAccuracy()), target_form(lambda y, p: y - p)
        ('rows', None)
    """
    name = keras_name(given)
    if not name or name in _EITHER:
        return None
    return IDS if name.startswith("Sparse") else ROWS


def in_form(y_true: Tensor, y_pred: Tensor, form: str | None, name: str) -> Tensor:
    """Return the targets of a single label as a loss or metric takes them.

    Keras itself compares ids with rows number by number where they do not fit, in silence.

    Args:
        y_true: Ids `(n,)`, or rows `(n, num_classes)`.
        y_pred: Output `(n, num_classes)`; of one unit nothing is changed.
        form: As `target_form` returns it.
        name: Name of the loss or metric, for the message.

    Raises:
        ValueError: There are rows, which may be soft, for what takes ids.
    """
    if form is None or len(y_pred.shape) != 2 or y_pred.shape[1] == 1:
        return y_true
    classes = y_pred.shape[1]
    rows = len(y_true.shape) == 2 and y_true.shape[1] == classes
    if form == IDS and rows:
        raise ValueError(
            f"{name!r} takes class ids (n,), but the targets are rows (n, {classes}): one-hot or "
            f"soft. Use 'categorical_crossentropy' or {name.replace('sparse_', '')!r}, or give ids "
            "(y.argmax(axis=1))."
        )
    if form == ROWS and not rows:
        ids = y_true[:, 0] if len(y_true.shape) == 2 else y_true
        return ops.one_hot(at_least(ops.cast(ids, "int32"), 0), classes, dtype=y_pred.dtype)
    return y_true
