"""Small data with a column of classes that goes with a yes/no label, and a model of it."""

from __future__ import annotations

import functools

import keras
import numpy as np

from labelfeed.labels.spec import LabelSpec
from labelfeed.models.two_phase import TwoPhaseModel
from labelfeed.strategies import partial_labels

COLOUR = LabelSpec.single(["red", "green", "blue"], name="colour")
SPEC = LabelSpec.columns(["fever", COLOUR, "rash"], name="findings")


def rows(n: int = 300, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return features that tell little, and labels: fever exactly where the colour is red."""
    rng = np.random.default_rng(seed)
    colour = rng.integers(0, 3, n)
    ids = np.stack([colour == 0, colour, rng.integers(0, 2, n)], axis=1).astype(int)
    x = rng.normal(size=(n, 3)).astype(np.float32)
    x[:, 0] += colour == 1
    return x, SPEC.encode(np.where(rng.random(ids.shape) < 0.1, -1, ids))


@functools.cache
def trained() -> TwoPhaseModel:
    """Return a model that has learned that red and fever go together."""
    keras.utils.set_random_seed(0)
    model = partial_labels(SPEC, (3,), width=8, path_units=(16,), learning_rate=1e-2)
    model.fit(*rows(), batch_size=64, epochs=12, verbose=0)
    return model
