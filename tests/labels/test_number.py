from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from labelfeed.labels.encoding import LabelError
from labelfeed.labels.number import RANGES, NumberRanges
from labelfeed.labels.soft import soft_known_of_rows
from labelfeed.labels.spec import LabelSpec

RNG = np.random.default_rng(0)
SKEWED = RNG.exponential(10, 4000)
ROWS = NumberRanges.of(SKEWED, "days")


def test_ranges_have_as_many_rows_each_and_know_them() -> None:
    ids = ROWS.ids(SKEWED)
    assert np.bincount(ids).tolist() == [len(SKEWED) // RANGES] * RANGES
    for k in range(RANGES):
        own = SKEWED[ids == k]
        assert (ROWS.means[k], ROWS.spreads[k]) == pytest.approx((own.mean(), own.std()))
    assert ROWS.ids([np.nan, -5, 1e9]).tolist() == [-1, 0, RANGES - 1]


def test_mean_spread_and_quantiles_of_the_base_rates_are_those_of_the_rows() -> None:
    p = np.full((1, RANGES), 1 / RANGES)
    mean, spread = ROWS.mean_and_spread(p)
    assert (mean[0], spread[0]) == pytest.approx((SKEWED.mean(), SKEWED.std()))
    for share in (0.05, 0.3, 0.5, 0.95):
        assert np.mean(ROWS.quantile(p, share) > SKEWED) == pytest.approx(share, abs=0.012)
    sure = np.eye(RANGES)[[0, 4]]
    low, high = (ROWS.quantile(sure, share) for share in (1e-9, 1 - 1e-9))
    assert (low[0], high[1]) == pytest.approx((SKEWED.min(), SKEWED.max()))


def test_cut_points_without_rows_and_gaps() -> None:
    found = NumberRanges.of([1.0, np.nan, 2.0], "n", [5, 10])
    assert found.means == (1.5, 7.5, 10.0) and found.spreads[2] == 0.0
    for values, ranges, message in (
        ([3.0, 3.0], 5, "no two different numbers"),
        ([np.nan], [5], "no two different numbers"),
        ([1.0, 2.0], 1, "two or more"),
        ([1.0, 2.0], [2, 1], "cut points that rise"),
    ):
        with pytest.raises(ValueError, match=message):
            NumberRanges.of(values, "n", ranges)


def test_a_spec_keeps_the_number_alone_and_among_columns() -> None:
    age = LabelSpec.number(np.arange(20, 80), name="age", ranges=[40, 60])
    spec = LabelSpec.columns([age, "fever"], name="findings")
    assert spec.ordered == ("age",) and spec.label_columns[0].number == age.numbers[0]
    for one in (age, spec):
        again = LabelSpec.from_config(json.loads(json.dumps(one.get_config())))
        assert again == one and again.label_columns[0].number == age.numbers[0]
    renamed = dataclasses.replace(age, name="years")
    assert renamed.label_columns[0].number.name == "years"
    assert LabelSpec.columns([LabelSpec.ranges([40], "age")]).label_columns[0].number.means == ()


def test_numbers_are_encoded_as_their_range() -> None:
    age = LabelSpec.number(np.arange(20, 80), name="age", ranges=[40, 60])
    spec = LabelSpec.columns([age, "fever"])
    rows = [{"age": 63, "fever": 1}, {"age": "39.5"}, {"age": None, "fever": 0}, {"age": "<40"}]
    expected = [[0, 0, 1, 1], [1, 0, 0, -1], [-1, -1, -1, 0], [1, 0, 0, -1]]
    assert spec.encode(rows).tolist() == expected
    assert spec.encode({"age": [63, 41.0]}).tolist() == [[0, 0, 1, -1], [0, 1, 0, -1]]
    assert spec.encode(spec.encode(rows)).tolist() == expected
    with pytest.raises(LabelError, match=r"Row 1, column 'age': got 'old'; expected a number"):
        spec.encode({"age": [63, "old"]})
    below = LabelSpec.columns([LabelSpec.number([-5, -1, 3, 9], name="t", ranges=[-2, 2])])
    assert below.encode({"t": [-1, -3]}).tolist() == [[0, 1, 0], [1, 0, 0]]


def test_a_number_between_0_and_1_is_no_probability() -> None:
    rate = LabelSpec.number([0.1, 0.4, 0.9], name="rate", ranges=[0.3])
    spec = LabelSpec.columns([rate, "fever"])
    known = soft_known_of_rows({"rate": 0.7, "fever": 0.5}, 1, spec)
    assert known.tolist() == [[0.0, 1.0, 0.5]]
    assert soft_known_of_rows({"rate": {"<0.3": 0.7}}, 1, spec).tolist() == [[0.7, -1.0, -1.0]]


@pytest.mark.parametrize(
    "broken",
    [
        {"means": (1.0,)},
        {"spreads": (-1.0, 1.0)},
        {"inner": ((0.0,) * 9, tuple(range(9, 0, -1)))},
        {"means": (float("nan"), 1.0)},
        {"edges": (2.0, 1.0)},
    ],
)
def test_what_does_not_fit_together_is_refused(broken: dict) -> None:
    whole = NumberRanges.of([1.0, 2.0, 3.0], "n", [2])
    with pytest.raises(ValueError, match=r"finite|negative spread|rise"):
        dataclasses.replace(whole, **broken)


def test_ranges_without_means_say_how_to_get_some() -> None:
    with pytest.raises(ValueError, match=r"LabelSpec\.number"):
        NumberRanges("age", (40.0,)).mean_and_spread(np.array([[0.5, 0.5]]))
    with pytest.raises(ValueError, match="no column of these classes"):
        dataclasses.replace(LabelSpec.multi(2), numbers=(ROWS,))
