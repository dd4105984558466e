"""Keys: their gradient is that of the loss, and rows of one number tell nothing of each other."""

from __future__ import annotations

import numpy as np

from labelfeed.estimators.neighbour_keys import NeighbourKeys, _slope, fit_keys, shares_of
from labelfeed.labels.spec import LabelSpec

RNG = np.random.default_rng(0)


def test_the_gradient_is_that_of_the_loss() -> None:
    query, key = RNG.normal(size=(3, 2)), RNG.normal(size=(5, 2))
    same = np.zeros((3, 5), bool)
    same[0, 1] = True
    present = np.array([[1.0, 0, 1], [0, 1, 0], [1, 0, 0]])  # a column of two classes, a yes/no
    scored = np.array([[1.0, 1, 1], [1, 1, 0], [1, 1, 1]])
    others = np.eye(2)[[0, 1, 0, 1, 0]]
    others = np.concatenate([others, [[1], [0], [0], [1], [0]]], axis=1)
    known = np.ones((5, 3))
    known[4] = 0
    others[4] = 0
    base, classes = np.array([0.6, 0.4, 0.3]), np.array([True, True, False])

    def loss(both: np.ndarray) -> float:
        q, k = both[:3], both[3:]
        far = np.sqrt(np.square(q[:, None] - k).sum(axis=2) + 1e-6)
        weight = np.where(same, 0, np.exp(-far))
        weight /= weight.sum(axis=1, keepdims=True)
        p = shares_of(weight, others, known, base)
        each = np.where(classes, -present * np.log(p), -np.log(np.where(present == 1, p, 1 - p)))
        return float((each * scored).sum() / 3)

    both = np.concatenate([query, key])
    found = _slope(query, key, same, (present, scored), (others, known), base, classes)
    for at in np.ndindex(both.shape):
        step = np.zeros_like(both)
        step[at] = 1e-5
        slope = (loss(both + step) - loss(both - step)) / 2e-5
        np.testing.assert_allclose(found[at], slope, rtol=1e-3, atol=1e-6)


def test_rows_of_one_number_tell_nothing_of_each_other() -> None:
    x = RNG.normal(size=(60, 2)).astype(np.float32)
    y = np.repeat(RNG.integers(0, 2, (30, 1)), 2, axis=0)
    apart = np.zeros(60, int)  # all belong together: nothing can be learned but the base rates
    start = NeighbourKeys(x.mean(axis=0), x.std(axis=0))
    keys = fit_keys(x, y, LabelSpec.multi(1), apart, steps=4, weight_decay=0.0)[-1]
    np.testing.assert_allclose(keys(x), start(x), atol=1e-4)
    moved = fit_keys(x, y, LabelSpec.multi(1), np.arange(60), steps=4, weight_decay=0.0)[-1]
    assert np.abs(moved(x) - start(x)).max() > 1e-2
