"""The audit of a context finds a layer whose rows read themselves."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from labelfeed.audit import audit
from labelfeed.audit.neighbours import reads_own_label
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers import neighbour_labels as layers
from labelfeed.strategies import neighbour_labels

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(40, 3)).astype(np.float32), np.arange(40) % 2
SPEC = LabelSpec.single(2)


def test_a_planted_failure_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    model = neighbour_labels(SPEC, (3,), context=(X, Y, Y * 0 + np.arange(40) // 2), width=4)
    before = [np.array(w) for w in model.get_weights()]
    assert reads_own_label(model) is False
    assert all(np.array_equal(*pair) for pair in zip(before, model.get_weights(), strict=True))
    monkeypatch.setattr(layers, "group_of", lambda mark, marks, groups: mark * 0 - 1)
    assert reads_own_label(model)
    found = audit(model, X, Y, SPEC)
    assert found.verdict == "leak"
    assert "training rows read their own labels" in found.reasons[0]


def test_a_model_without_neighbours_is_not_asked() -> None:
    assert reads_own_label(keras.Sequential([keras.layers.Dense(1)])) is None
