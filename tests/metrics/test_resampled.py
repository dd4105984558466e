"""Splits that share rows: the error rate holds where that of the plain t-test does not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from labelfeed.metrics.intervals import interval_of
from labelfeed.metrics.resampled import holm, resampled_interval, resampled_p


def _shared(rng: np.random.Generator, repeats: int = 4, folds: int = 5) -> np.ndarray:
    """Return the differences of repeated folds of 100 rows, of which none is there."""
    rows = rng.normal(size=100)
    return np.concatenate(
        [rng.permutation(rows).reshape(folds, -1).mean(axis=1) for _ in range(repeats)]
    )


def test_repeated_splits_do_not_make_chance_sure() -> None:
    rng = np.random.default_rng(0)
    runs = [_shared(rng) for _ in range(600)]
    ours = np.mean([resampled_p(run, 0.2) < 0.05 for run in runs])
    plain = np.mean(
        [stats.ttest_1samp(run, 0, alternative="greater").pvalue < 0.05 for run in runs]
    )
    assert ours <= 0.05 < 0.1 < plain


def test_interval_and_p_value_agree() -> None:
    values = np.random.default_rng(1).normal(0.5, 1.0, 12)
    for confidence in (0.5, 0.9, 0.99):
        low = resampled_interval(values, 0.2, confidence).low
        assert (low > 0) == (resampled_p(values, 0.2) < (1 - confidence) / 2)
    wide, narrow = resampled_interval(values, 0.2), interval_of(values)
    assert wide.mean == narrow.mean and wide.wins == narrow.wins
    assert math.isclose(wide.half / narrow.half, math.sqrt(12 * (1 / 12 + 0.25)))


def test_few_or_equal_differences_say_what_they_can() -> None:
    assert math.isnan(resampled_interval([0.1], 0.2).low) and resampled_p([0.1], 0.2) == 1.0
    assert resampled_p([0.0] * 5, 0.2) == 1.0 and resampled_p([-0.1] * 5, 0.2) == 1.0
    assert resampled_p([0.1, 0.1, 0.1], 0.2) == pytest.approx(0.0)
    with pytest.raises(ValueError, match="at least one"):
        resampled_interval([], 0.2)


def test_holm_is_no_looser_for_a_larger_p_value() -> None:
    found = holm([0.2, 0.001, 0.04, 0.9])
    assert found == pytest.approx([0.4, 0.004, 0.12, 0.9]) and holm([]) == []
