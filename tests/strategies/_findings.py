"""Small data whose labels say much about each other, and little models of them."""

from __future__ import annotations

import functools

import keras
import numpy as np

from labelfeed.labels.spec import LabelSpec
from labelfeed.models.two_phase import TwoPhaseModel
from labelfeed.strategies import partial_labels

SPEC = LabelSpec.multi(["cough", "fever", "rash", "itch"], name="findings")


def rows(n: int = 300, seed: int = 0, unknown: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    """Return features that tell the first label weakly, and labels: fever = cough, itch = rash."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, (n, 4)).astype(np.int32)
    y[:, 1], y[:, 3] = y[:, 0], y[:, 2]
    x = rng.normal(size=(n, 3)).astype(np.float32)
    x[:, 0] += y[:, 0]
    y[rng.random(y.shape) < unknown] = -1
    return x, y


@functools.cache
def trained() -> TwoPhaseModel:
    """Return a model that has learned which label goes with which."""
    keras.utils.set_random_seed(0)
    model = partial_labels(SPEC, (3,), width=8, path_units=(16,), learning_rate=1e-2)
    model.fit(*rows(), batch_size=64, epochs=12, verbose=0)
    return model
