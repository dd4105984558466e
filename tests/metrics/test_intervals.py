from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from labelfeed.metrics.intervals import interval_of


@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.99])
def test_it_is_the_interval_of_students_t(confidence):
    values = np.random.default_rng(0).normal(size=7)
    found = interval_of(values, confidence)
    low, high = stats.t.interval(confidence, 6, loc=values.mean(), scale=stats.sem(values))
    assert (found.low, found.high) == pytest.approx((low, high))
    assert found.half == pytest.approx((high - low) / 2)
    assert (found.wins, found.seeds) == ((values > 0).sum(), 7)


def test_it_covers_the_mean_as_often_as_it_says():
    rng = np.random.default_rng(1)
    drawn = [interval_of(rng.normal(size=5), 0.9) for _ in range(2000)]
    covered = np.mean([found.low <= 0 <= found.high for found in drawn])
    assert covered == pytest.approx(0.9, abs=0.03)


def test_one_value_has_no_width_and_none_is_refused():
    found = interval_of([0.25])
    assert (found.mean, found.wins, found.seeds) == (0.25, 1, 1)
    assert all(map(math.isnan, (found.low, found.high, found.half)))
    with pytest.raises(ValueError, match="at least one value"):
        interval_of([])


def test_values_that_are_alike_have_no_width():
    found = interval_of([0.5, 0.5, 0.5])
    assert (found.low, found.high, found.half) == (0.5, 0.5, 0.0)


def test_it_prints_with_three_decimals_or_as_asked():
    gain = interval_of([0.1, 0.2, 0.3])
    assert str(gain) == f"{gain}" == "0.200 [-0.048, 0.448]"
    assert f"{gain:+.2f}" == "+0.20 [-0.05, +0.45]"
    assert f"{gain.scaled(100):+.1f}" == "+20.0 [-4.8, +44.8]"
    assert (gain.scaled(100).wins, gain.scaled(100).seeds) == (3, 3)
