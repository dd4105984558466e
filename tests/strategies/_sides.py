"""Rows in which a side label, known or not, says which feature counts."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from labelfeed.labels.spec import LabelSpec
from labelfeed.strategies import side_label

TARGET = LabelSpec.single(["no", "yes"], name="ill")
TURN = LabelSpec.single(["a", "b"], name="turn")


def rows(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features, target and turn: the target is the sign of one of two features, by the turn."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 4)).astype(np.float32)
    turn = rng.integers(0, 2, count)
    return x, (x[np.arange(count), turn] > 0).astype(np.int32), turn.astype(np.int32)


@functools.cache
def trained(**options: Any) -> Any:
    """A model that has learned these rows."""
    x, y, turn = rows(400)
    model = side_label(TARGET, (4,), [TURN], width=16, depth=1, dropout=0.0, learning_rate=1e-2,
                       side_corruption=0.0, **options)  # fmt: skip
    model.fit(x, y, sides={"turn": turn}, batch_size=32, epochs=12, verbose=0)
    return model


def accuracy(model: Any, x: np.ndarray, y: np.ndarray, **sides: Any) -> float:
    return float((model.predict(x, verbose=0, **sides).argmax(1) == y).mean())
