"""A `tf.data.Dataset` whose batches are checked: what is seen of it before it runs, and NumPy."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np

from labelfeed.labels.spec import LabelSpec
from labelfeed.models._batch_check import BatchCheck
from labelfeed.models.wire import split_label, with_label
from labelfeed.types import Batch, Features, Source, Tensor


def checked_tf_dataset(data: Source, check: BatchCheck) -> Source:
    """Return a `tf.data.Dataset` whose batches are checked as they pass."""
    import tensorflow as tf

    spec = check.spec

    def call(
        function: Callable[..., np.ndarray], y: Tensor, number: Tensor, shape: tuple[int, ...]
    ) -> Tensor:
        # One axis more than the ids of a row have: one-hot or soft rows, which stay as they are.
        dtype = tf.float32 if function == check.targets and _stays_rows(y, spec) else tf.int32
        out = tf.numpy_function(
            lambda v, n: function(v, n).astype(dtype.as_numpy_dtype), [y, number], dtype
        )
        out.set_shape((y.shape[0], *shape))
        return out

    def finite(features: Features, number: Tensor) -> Features:
        """Return the features, which pass once their float parts were looked at."""
        parts = keras.tree.flatten(check.features_alone(features))
        floats = [v for v in parts if isinstance(v, tf.Tensor) and v.dtype.is_floating]
        if check.allow_nan or not floats:
            return features
        paths = keras.tree.flatten_with_path(check.features_alone(features))
        names = [path for path, v in paths if any(v is f for f in floats)]

        def look(n: np.ndarray, *values: np.ndarray) -> np.ndarray:
            named = {".".join(map(str, k)): v for k, v in zip(names, values, strict=True)}
            check.finite(named if names[0] else values[0], int(n))
            return np.array(True)

        with tf.control_dependencies([tf.numpy_function(look, [number, *floats], tf.bool)]):
            return keras.tree.map_structure(
                lambda v: tf.identity(v) if any(v is f for f in floats) else v, features
            )

    def map_batch(number: Tensor, batch: Batch) -> Batch:
        x, y, weight = keras.utils.unpack_x_y_sample_weight(batch)
        features, label = split_label(x)
        features = finite(features, number)
        x = features
        if label is not None:
            _check_static(label, spec)
            x = with_label(features, call(check.ids, label, number, spec.shape))
        if y is None or not check.reads_y:
            return x
        _check_static(y, spec)
        rows = (spec.num_classes,) if _stays_rows(y, spec) else spec.shape
        y = call(check.targets, y, number, rows)
        if weight is None:
            return x, y
        checked = tf.numpy_function(check.weights, [weight, y, number], tf.float32)
        checked.set_shape(weight.shape if len(weight.shape) == len(y.shape) else y.shape[:1])
        return x, y, checked

    return data.enumerate().map(map_batch)


def _stays_rows(y: Tensor, spec: LabelSpec) -> bool:
    """Tell whether `encode_targets` returns the float32 rows of this symbolic tensor."""
    number = y.dtype.is_floating or (
        spec.kind == "single" and (y.dtype.is_integer or y.dtype.is_bool)
    )
    return number and len(y.shape) == 2 and y.shape[1] == spec.num_classes


def _check_static(y: Tensor, spec: LabelSpec) -> None:
    if getattr(getattr(y, "shape", None), "rank", None) is None:
        raise ValueError(
            f"A tf.data pipeline yields the label {spec.name!r} as {y!r}; expected one tensor of "
            "known rank. Stack columns with tf.stack, or give from_generator an output_signature."
        )
