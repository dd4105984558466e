"""Labels as tensors inside a step: ids, what is scored, and targets that are safe to compute on.

Everything here is backend-agnostic and works on symbolic tensors too.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.native_ops import at_least, cast, pick, total
from labelfeed.scaling.shares import mean_over_shares
from labelfeed.types import Batch, Features, Tensor

__all__ = [
    "Counted",
    "as_tensors",
    "clean_targets",
    "known_ids",
    "split_label",
    "sure_ids",
    "to_ids",
    "unknown_like",
    "with_label",
]

FEATURES = "labelfeed_features"
LABEL = "labelfeed_label"


def with_label(x: Features, label: Tensor) -> dict[str, Any]:
    """Put known labels beside features, in the form that `LabelFedModel` reads.

    Args:
        x: Features: a tensor, or a list or dict of tensors, as the network takes them.
        label: Encoded labels, `(batch,)` or `(batch, num_classes)`, -1 where unknown. What is
            given here is read by the network and not scored. It is checked where it can be seen
            (arrays, streams, direct calls); inside a traced graph an id beyond the spec is unknown.

    Returns:
        A dict for `fit`, `evaluate`, `predict` or a direct call; it can be built inside
        `tf.data.Dataset.map` and in a `PyDataset` as well.

    Example:
        >>> import numpy as np
        >>> sorted(with_label(np.ones((2, 3)), np.array([1, -1])))
        ['labelfeed_features', 'labelfeed_label']
    """
    return {FEATURES: x, LABEL: label}


def split_label(x: Features) -> tuple[Features, Tensor]:
    """Return `(features, label)` of what `with_label` made; label is `None` if x has none."""
    if isinstance(x, dict) and LABEL in x:
        return x[FEATURES], x[LABEL]
    return x, None


def to_ids(y: Tensor, spec: LabelSpec) -> Tensor:
    """Return int32 ids with -1 for unknown from ids, one-hot, soft or 0/1 labels.

    Args:
        y: `(batch,)`, `(batch, 1)` or `(batch, num_classes)` tensor. Floats may hold NaN;
            integers are taken to be encoded already.
        spec: The label's spec.

    Returns:
        int32 tensor of shape `(batch,)` for single, `(batch, num_classes)` for multi.
    """
    y = ops.convert_to_tensor(y)
    dtype = keras.backend.standardize_dtype(y.dtype)
    floating = dtype != "int32" and keras.backend.is_float_dtype(dtype)
    if not floating and dtype != "int32":
        y = ops.cast(y, "int32")
    rank = len(y.shape)
    if spec.kind == "single" and rank == 2 and y.shape[1] == spec.num_classes:
        known = ops.sum(y, axis=1) > 0  # False for a row of zeros, of -1 and of NaN
        ids = ops.cast(ops.argmax(y, axis=1), "int32")
        return ops.where(known, ids, UNKNOWN)
    if spec.kind == "single" and rank == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if spec.kind == "multi" and rank == 1 and spec.num_classes == 1:
        y = y[:, None]
    _check_shape(y, spec)
    if not floating:
        return y  # checked and encoded on entry: ids, or 0 and 1, with -1 for unknown
    known = y >= 0  # False for NaN
    ids = y >= 0.5 if spec.kind == "multi" else ops.where(known, y, 0.0)
    return ops.where(known, ops.cast(ids, "int32"), UNKNOWN)


def sure_ids(y: Tensor, ids: Tensor, spec: LabelSpec) -> Tensor:
    """Return ids that may be read: -1 where a target is soft, which is never rounded to be fed.

    Args:
        y: Targets, as for `to_ids`.
        ids: `to_ids` of them.
        spec: The label's spec.
    """
    y = ops.convert_to_tensor(y)
    if not keras.backend.is_float_dtype(keras.backend.standardize_dtype(y.dtype)):
        return ids
    if spec.kind == "single":
        if len(y.shape) != 2 or y.shape[1] != spec.num_classes:
            return ids
        return pick(ops.max(y, axis=1) >= 1, ids, UNKNOWN)
    y = ops.reshape(y, ops.shape(ids))
    return pick(ops.logical_or(y == 0, y == 1), ids, UNKNOWN)


def known_ids(ids: Tensor, spec: LabelSpec) -> Tensor:
    """Return ids with -1 in the place of those beyond the spec: a traced graph cannot raise."""
    return ops.where(ops.logical_and(ids >= 0, ids < spec.entry_states), ids, UNKNOWN)


def clean_targets(y: Tensor, ids: Tensor, spec: LabelSpec) -> Tensor:
    """Return targets with a harmless finite value where the label is unknown.

    Single ids stay int32 ids, one-hot and soft rows stay `(batch, num_classes)`; multi labels
    become float32. An unknown target has weight 0 everywhere, but 0 times NaN would be NaN.
    """
    y = ops.convert_to_tensor(y)
    if spec.kind == "multi":
        if not keras.backend.is_float_dtype(keras.backend.standardize_dtype(y.dtype)):
            return cast(ids > 0)
        y = ops.reshape(cast(y), ops.shape(ids))
        return pick(ids >= 0, y, 0.0)
    if len(y.shape) == 2 and y.shape[1] == spec.num_classes:
        return pick((ids >= 0)[:, None], cast(y), 1.0 / spec.num_classes)
    return at_least(ids, 0)


class Counted:
    """Which labels of a batch count, and targets that are safe to compute on.

    Args:
        x: Features of the batch, with the label that the network reads beside them, if any.
        y: Targets of the batch.
        spec: The label's spec.
        ids: `to_ids` of y, if the label beside x was drawn from them: each the same, or unknown.

    Attributes:
        hidden: float32 1 where a label is known and the network does not read it: what is scored.
        total: Sum of `hidden`; where devices or processes share a batch, its mean over them.
        targets: `clean_targets` of y.
    """

    def __init__(self, x: Features, y: Tensor, spec: LabelSpec, ids: Tensor | None = None) -> None:
        """Work it out once for a step."""
        self.label, self.y = split_label(x)[1], y
        if ids is not None:
            scored = ids > self.label
        else:
            ids = to_ids(y, spec)
            scored = ids >= 0
            if self.label is not None:
                scored = ops.logical_and(scored, to_ids(self.label, spec) < 0)
        self._ids = ids
        self.hidden = cast(scored)
        self.total = mean_over_shares(total(self.hidden))
        self.targets = clean_targets(y, ids, spec)

    @property
    def known(self) -> Tensor:
        """float32 1 where a label is known."""
        return cast(self._ids >= 0)

    def fits(self, x: Features, y: Tensor) -> bool:
        """Tell whether this was counted for these very tensors."""
        return y is self.y and split_label(x)[1] is self.label


def unknown_like(features: Tensor, spec: LabelSpec) -> Tensor:
    """Return int32 labels that are all unknown, one row per row of a feature tensor.

    Built from the features rather than from their shape: that keeps the batch size dynamic in
    traced and exported graphs of every backend.
    """
    column = features[(slice(None), *[0] * (len(features.shape) - 1))]
    label = ops.zeros_like(column, dtype="int32") + UNKNOWN
    if spec.kind == "single":
        return label
    return label[:, None] + ops.zeros((1, spec.num_classes), dtype="int32")


def as_tensors(data: Batch) -> Batch:
    """Convert the NumPy arrays that un-jitted JAX and Torch steps hand over."""
    if isinstance(data, np.ndarray):
        return ops.convert_to_tensor(data)
    if isinstance(data, dict):
        return {key: as_tensors(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return type(data)(map(as_tensors, data))
    return data


def _check_shape(y: Tensor, spec: LabelSpec) -> None:
    if len(y.shape) != 1 + len(spec.shape) or tuple(y.shape[1:]) != spec.shape:
        expected = "(batch,) or (batch, 1)" if spec.kind == "single" else "(batch, num_classes)"
        raise ValueError(
            f"The {spec.kind} label {spec.name!r} with num_classes={spec.num_classes} needs "
            f"targets of shape {expected}, got {tuple(y.shape)}."
        )
