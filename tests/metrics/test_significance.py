"""The exact tests against values known from theory."""

from __future__ import annotations

import math

import numpy as np
import pytest

from labelfeed.metrics.significance import (
    agreement_test,
    mcnemar,
    sign_test,
    smallest_sample,
)


@pytest.mark.parametrize(
    ("wins", "trials"), [(0, 0), (0, 5), (3, 5), (5, 5), (60, 100), (990, 2000)]
)
def test_p_values_are_exact_binomial_tails(wins: int, trials: int) -> None:
    tail = sum(math.comb(trials, k) for k in range(wins, trials + 1)) / 2**trials
    signs = np.where(np.arange(trials) < wins, 1.0, -1.0)
    assert sign_test(signs).p_value == pytest.approx(tail, rel=1e-9)
    assert mcnemar(signs > 0, signs < 0).p_value == pytest.approx(tail, rel=1e-9)


def test_mcnemar_counts_discordant_pairs_only() -> None:
    first = np.array([1, 1, 1, 1, 0, 1, 0], bool)
    second = np.array([0, 0, 0, 0, 1, 1, 0], bool)
    result = mcnemar(first, second)
    assert (result.wins, result.losses) == (4, 1)
    assert result.p_value == pytest.approx(6 / 32)


def test_sign_test_leaves_ties_out() -> None:
    result = sign_test(np.array([0.5, 1.0, 0.0, np.nan, -2.0]))
    assert (result.wins, result.losses) == (2, 1)
    assert result.p_value == pytest.approx(0.5)


def test_agreement_of_a_copy_and_of_chance() -> None:
    rng = np.random.default_rng(0)
    fed = rng.integers(0, 4, 300)
    observed, chance, p_value = agreement_test(fed, fed, rounds=199)
    assert observed == 1.0
    assert chance == pytest.approx(0.25, abs=0.02)
    assert p_value == 1 / 200
    assert agreement_test(rng.integers(0, 4, 300), fed, rounds=199)[2] > 0.01


def test_agreement_p_values_are_uniform_under_independence() -> None:
    rng = np.random.default_rng(1)
    draws = rng.integers(0, 3, (200, 2, 60))
    found = [agreement_test(a, b, rounds=99, seed=i)[2] <= 0.05 for i, (a, b) in enumerate(draws)]
    assert np.mean(found) <= 0.09


def test_agreement_ignores_unknown_labels() -> None:
    fed = np.array([[1, -1], [0, -1], [1, -1], [0, -1]])
    observed, _, _ = agreement_test(np.ones((4, 2), int), fed, fed >= 0, rounds=9)
    assert observed == 0.5
    assert agreement_test(fed, fed, fed >= 9, rounds=9)[2] == 1.0


@pytest.mark.parametrize("alpha", [0.5, 0.05, 0.01, 1e-4])
def test_smallest_sample_can_just_reach_alpha(alpha: float) -> None:
    least = smallest_sample(alpha)
    enough, fewer = (sign_test(np.ones(count)).p_value for count in (least, least - 1))
    assert enough <= alpha < fewer
