from __future__ import annotations

import numpy as np
import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.runs.chance import at_chance

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("classes", [2, 5])
def test_single_labels(classes):
    labels = RNG.integers(0, classes, 300)
    some = 0.3 * np.eye(classes)[labels] + RNG.random((300, classes))
    fits = some / some.sum(axis=1, keepdims=True)
    spec = LabelSpec.single(classes)
    assert not at_chance(labels, fits, spec)
    assert at_chance(labels, np.roll(fits, 7, axis=0), spec)
    assert at_chance(labels, np.full((300, classes), 1 / classes), spec)


def test_multi_labels_with_unknown_ones_and_nothing_to_score():
    labels = RNG.integers(0, 2, (300, 3))
    labels[RNG.random(labels.shape) < 0.3] = -1
    fits = np.clip(0.4 + 0.1 * (labels == 1) + 0.1 * RNG.random(labels.shape), 0, 1)
    spec = LabelSpec.multi(3)
    assert not at_chance(labels, fits, spec)
    assert at_chance(labels, fits[::-1], spec)
    assert not at_chance(np.ones((300, 3), int), fits, spec)
