"""Scores of ordered classes, against their definitions."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.metrics.ordered import median_ranks, rank_scores


def by_hand(truth: np.ndarray, found: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Return error and kappa by the formula, over all pairs of rows for what chance gives."""
    total = weights.sum()
    far = (truth[:, None] - found[None]) ** 2
    by_chance = (weights[:, None] * weights[None] * far).sum() / total**2
    observed = (weights * (truth - found) ** 2).sum() / total
    return (weights * np.abs(truth - found)).sum() / total, 1 - observed / by_chance


@pytest.mark.parametrize("weighted", [False, True])
def test_is_what_the_formula_says(weighted: bool) -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 5, 300)
    found = np.clip(truth + rng.integers(-1, 3, 300), 0, 4)
    weights = rng.uniform(0.1, 3, 300) if weighted else np.ones(300)
    got = rank_scores(truth, found, 5, weights if weighted else None)
    np.testing.assert_allclose(got, by_hand(truth, found, weights))


def test_far_off_costs_more_than_near() -> None:
    truth = np.array([0, 1, 2, 3] * 5)
    near, far = (rank_scores(truth, np.where(truth == 3, other, truth), 4) for other in (2, 0))
    assert near[0] < far[0]
    assert near[1] > far[1]


def test_one_rank_only_has_no_kappa() -> None:
    assert rank_scores(np.array([1, 1]), np.array([1, 1]), 3) == (0.0, None)
    assert rank_scores(np.array([1, 1]), np.array([1, 2]), 3)[1] == 0


def test_the_median_errs_least_in_ranks() -> None:
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(5), 50)
    far = np.abs(np.arange(5)[:, None] - np.arange(5)[None])
    expected = (p[:, None] * far[None]).sum(axis=2)  # of each answer
    np.testing.assert_allclose(expected[np.arange(50), median_ranks(p)], expected.min(axis=1))
    assert median_ranks(2 * p).tolist() == median_ranks(p).tolist()  # any sum will do
