"""A tiny model of each kind that checks its rows, and rows for it."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import labelfeed

SPEC = labelfeed.LabelSpec.single(["a", "b", "c"], name="letter")
Y = np.arange(24, dtype=np.int32) % 3
X = np.random.default_rng(0).normal(size=(24, 4)).astype(np.float32)


def fed() -> labelfeed.LabelFedModel:
    x, label = keras.Input((4,)), labelfeed.LabelInput(SPEC)
    h = labelfeed.layers.LabelConditionalDense(3, SPEC)([x, label])
    model = labelfeed.LabelFedModel(keras.Model([x, label], h), SPEC, labelfeed.Hidden())
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.0), loss)
    return model


def margin() -> labelfeed.MarginModel:
    x = keras.Input((4,))
    embedder = keras.Model(x, keras.layers.Dense(4)(x))
    model = labelfeed.MarginModel(embedder, labelfeed.heads.ArcFace(3), SPEC)
    model.compile(keras.optimizers.SGD(0.0))
    return model


both = pytest.mark.parametrize("make", [fed, margin])
