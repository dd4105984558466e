from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from labelfeed.metrics.intervals import t_interval


@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.99])
def test_it_is_the_interval_of_students_t(confidence):
    values = np.random.default_rng(0).normal(size=7)
    mean, half = t_interval(values, confidence)
    low, high = stats.t.interval(confidence, 6, loc=values.mean(), scale=stats.sem(values))
    assert (mean - half, mean + half) == pytest.approx((low, high))


def test_it_covers_the_mean_as_often_as_it_says():
    rng = np.random.default_rng(1)
    drawn = [t_interval(rng.normal(size=5), 0.9) for _ in range(2000)]
    covered = np.mean([abs(mean) <= half for mean, half in drawn])
    assert covered == pytest.approx(0.9, abs=0.03)


def test_one_value_has_no_width_and_none_is_refused():
    mean, half = t_interval([0.25])
    assert mean == 0.25
    assert math.isnan(half)
    with pytest.raises(ValueError, match="at least one value"):
        t_interval([])
