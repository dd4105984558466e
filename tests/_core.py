"""Tiny networks and data that the tests of the core share."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from labelfeed.labels.input import LabelInput
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers import LabelConditionalDense
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.visibility.policies import Masked, Visibility

COLOUR = LabelSpec.single(["red", "green", "blue"], name="colour")
FINDINGS = LabelSpec.multi(["nodule", "effusion", "mass"], name="findings")
BINARY = LabelSpec.single(["benign", "malignant"], name="diagnosis")
WIDTH = 4


def network(spec: LabelSpec, units: int | None = None, hidden: Any = None) -> keras.Model:
    """Return `features, label -> conditioning layer -> scores`, a few dozen weights."""
    x, label = keras.Input((WIDTH,), name="features"), LabelInput(spec)
    h = (hidden or LabelConditionalDense(6, spec, activation="relu"))([x, label])
    units = units or spec.num_classes
    softmax = spec.kind == "single" and units > 1
    out = keras.layers.Dense(
        units, activation="softmax" if softmax else "sigmoid", dtype="float32", name="scores"
    )
    return keras.Model([x, label], out(h))


def fed(
    spec: LabelSpec = COLOUR,
    visibility: Visibility | None = None,
    units: int | None = None,
    **compile_arguments: Any,
) -> LabelFedModel:
    """Return a compiled model, with the loss that fits the spec unless one is given."""
    visibility = visibility or Masked(0.5, seed=1)
    model = LabelFedModel(network(spec, units), spec, visibility)
    sparse = spec.kind == "single" and units != 1
    usual = "sparse_categorical_crossentropy" if sparse else "binary_crossentropy"
    arguments = {"optimizer": keras.optimizers.SGD(0.1), "loss": usual, "metrics": ["accuracy"]}
    model.compile(**(arguments | compile_arguments))
    return model


def stirred(model: keras.Model, seed: int = 0) -> keras.Model:
    """Add noise to the weights: layers that start as if no label were there read it then."""
    rng = np.random.default_rng(seed)
    for v in model.trainable_variables:
        v.assign(v + rng.normal(scale=0.3, size=v.shape).astype(np.float32))
    return model


def rows(spec: LabelSpec = COLOUR, n: int = 20, unknown: float = 0.2, seed: int = 0) -> tuple:
    """Return random features `(n, WIDTH)` and labels, some of them unknown."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, WIDTH)).astype(np.float32)
    states = spec.num_classes if spec.kind == "single" else 2
    y = rng.integers(0, states, (n, *spec.shape)).astype(np.int32)
    y[rng.random(y.shape) < unknown] = -1
    return x, y


def losses_of(y: np.ndarray, p: np.ndarray, spec: LabelSpec) -> np.ndarray:
    """Return the cross-entropy of each label in float64, in the shape of `y`; 0 where unknown."""
    p = np.clip(p.astype(np.float64), 1e-7, 1 - 1e-7)
    if spec.kind == "multi":
        per_label = -np.where(y == 1, np.log(p), np.log(1 - p))
    elif p.shape[1] == 1:
        per_label = -np.where(y == 1, np.log(p[:, 0]), np.log(1 - p[:, 0]))
    else:
        per_label = -np.log(p[np.arange(len(y)), np.maximum(y, 0)])
    return np.where(y >= 0, per_label, 0.0)


def weights_of(model: keras.Model) -> list[np.ndarray]:
    """Return the trainable weights as arrays."""
    return [keras.ops.convert_to_numpy(w.value) for w in model.trainable_variables]


def randomised(model: keras.Model, seed: int = 0) -> keras.Model:
    """Give every trainable weight a random value, so that labels matter before training."""
    rng = np.random.default_rng(seed)
    for weight in model.trainable_variables:
        weight.assign(rng.normal(size=weight.shape).astype(np.float32))
    return model
