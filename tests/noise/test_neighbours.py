"""Neighbours are labelled, and never the row itself."""

from __future__ import annotations

import numpy as np

from labelfeed.noise.neighbours import nearest_labelled


def test_they_are_the_nearest_by_hand() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(40, 3))
    x[5] = x[6] = x[7]  # equal rows: which one comes first is anybody's guess
    ids = rng.integers(-1, 2, 40)
    ids[5:8] = 0
    rows = np.array([5, 6, 7, 20, int(np.argmin(ids))])
    at, far = nearest_labelled(x, ids, rows, 4)
    assert at.shape == far.shape == (5, 4)
    for row, others, distances in zip(rows, at, far, strict=True):
        assert row not in others and (ids[others] >= 0).all()
        all_far = np.linalg.norm(x - x[row], axis=1)
        all_far[(ids < 0) | (np.arange(40) == row)] = np.inf
        np.testing.assert_allclose(distances, np.sort(all_far)[:4], atol=1e-12)


def test_few_labelled_rows_are_few_neighbours() -> None:
    at, _ = nearest_labelled(np.arange(3.0)[:, None], np.array([0, -1, 1]), np.array([0, 2]), 5)
    assert at.tolist() == [[2], [0]]
