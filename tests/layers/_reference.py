"""NumPy float64 forms of the conditioning layers, and helpers of their tests."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from labelfeed.labels.spec import LabelSpec

SINGLE, MULTI = LabelSpec.single(3, name="kind"), LabelSpec.multi(3, name="findings")
SHAPES = [(5,), (2, 5), (2, 3, 5)]  # of one row's features; 5 is the width


def inputs(spec: LabelSpec, shape: tuple[int, ...] = (5,), n: int = 7, seed: int = 0) -> list:
    """Return random features and labels with unknown ones, the last row all unknown."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, *shape)).astype(np.float32)
    high = spec.num_classes if spec.kind == "single" else 2
    label = rng.integers(-1, high, (n, *spec.shape)).astype(np.int32)
    label[-1] = -1
    return [x, label]


def randomise(layer: Any, seed: int = 0) -> dict[str, np.ndarray]:
    """Give every weight of a built layer random values; return them as float64 by path."""
    rng = np.random.default_rng(seed)
    values = {}
    for weight in layer.trainable_variables:
        value = rng.normal(size=weight.shape).astype(np.float32)
        weight.assign(value)
        values[weight.path.split("/", 1)[-1]] = value.astype(np.float64)
    return values


def states(label: np.ndarray, spec: LabelSpec) -> np.ndarray:
    """Return the one-hot states of labels, unknown last."""
    if spec.kind == "single":
        return np.eye(spec.num_classes + 1)[np.where(label < 0, spec.num_classes, label)]
    hot = np.eye(3)[np.where(label < 0, 2, label)]
    return hot.reshape(len(label), -1)


def spread(vector: np.ndarray, features: np.ndarray) -> np.ndarray:
    """Give `(n, width)` the inner axes of `(n, ..., d)` features."""
    for _ in features.shape[1:-1]:
        vector = vector[:, None]
    return np.broadcast_to(vector, (*features.shape[:-1], vector.shape[-1]))


def relu(v: np.ndarray) -> np.ndarray:
    return np.maximum(v, 0)


def call(layer: Any, values: list, **kwargs: Any) -> np.ndarray:
    """Call a layer and return NumPy."""
    return ops.convert_to_numpy(layer([ops.convert_to_tensor(v) for v in values], **kwargs))


def trained(layer: Any, values: list, target: np.ndarray, epochs: int = 1) -> keras.Model:
    """Fit a model of this layer alone to `target`."""
    x, label = (keras.Input(v.shape[1:], dtype=v.dtype.name) for v in values)
    model = keras.Model([x, label], layer([x, label]))
    model.compile(
        keras.optimizers.SGD(0.1), "mse", run_eagerly=keras.backend.backend() == "tensorflow"
    )
    model.fit(values, target, batch_size=len(target), epochs=epochs, verbose=0)
    return model
