"""A number as a label: ranges of it."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from labelfeed.labels.errors import LabelError
from labelfeed.labels.ranges import number_of, quantile_edges, range_names
from labelfeed.labels.spec import LabelSpec

NAN = float("nan")
AGE = LabelSpec.ranges([40, 65], name="age")


@pytest.mark.parametrize(
    "values",
    [
        [12, 40, None, 64.9, 400],
        ["12", " 40 ", "?", "64.9", "4e2"],
        np.array([12, 40, NAN, 64.9, 400]),
        np.array([12, 40, -1, 64, 400]),
        np.ma.array([12, 40, 7, 64, 400], mask=[0, 0, 1, 0, 0]),
        pd.Series([12, 40, -1, 64, 400], dtype=np.int32),  # a column of a table holds numbers
        pd.array([12, 40, None, 64, 400], dtype="Int64"),
        [{"age": 12}, {"age": 40}, {}, {"age": "40 to <65"}, {"age": ">=65"}],
    ],
)
def test_numbers_are_read_by_their_range(values) -> None:
    assert AGE.encode(values).tolist() == [0, 1, -1, 1, 2]


def test_int32_arrays_are_ids() -> None:
    assert AGE.encode(np.array([0, 2, -1], np.int32)).tolist() == [0, 2, -1]
    with pytest.raises(LabelError, match=r"Row 1, column 'age': got 57, int32, .*astype\(float\)"):
        AGE.encode(np.array([0, 57], np.int32))


def test_what_is_no_number_is_named() -> None:
    for value in ("old", np.inf, True):
        with pytest.raises(LabelError, match="Row 1, column 'age': got"):
            AGE.encode([12, value])


def test_minus_one_is_a_number_where_numbers_are_below_zero() -> None:
    assert LabelSpec.ranges([-5, 10]).encode([-7, -1, 12]).tolist() == [0, 1, 2]
    edges = quantile_edges(np.array([-2.0, -1, *range(1, 99)]), 5)
    assert edges[0] == 0
    assert LabelSpec.ranges(edges).encode([-1]).tolist() == [0]


def test_ranges_hold_about_as_many_each() -> None:
    numbers = np.random.default_rng(0).normal(size=1000).round(3)
    spec = LabelSpec.ranges(quantile_edges(numbers, 5))
    assert np.ptp(np.bincount(spec.encode(numbers))) < 10
    assert set(spec.edges) <= set(numbers)
    assert quantile_edges(np.array([3.0, 3, 3, 3, 9, NAN]), 5) == (9,)
    assert quantile_edges(np.array([3.0, 3]), 5) == quantile_edges(np.array([NAN]), 5) == ()


def test_names_tell_close_cut_points_apart() -> None:
    assert range_names([0.1234567, 0.1234568])[1] == "0.1234567 to <0.1234568"
    assert number_of("1_000") is None or number_of("1_000") == 1000


def test_the_spec_keeps_them() -> None:
    again = LabelSpec.from_config(json.loads(json.dumps(AGE.get_config())))
    assert again == AGE != LabelSpec.single(AGE.names, name="age", ordered=True)
    assert again.label_columns[0].ordered
    for wrong in ([], [3, 3], [4, 2], [NAN]):
        with pytest.raises(ValueError, match="finite cut points that rise"):
            LabelSpec.ranges(wrong)
    with pytest.raises(ValueError, match=r"Use LabelSpec\.ranges"):
        LabelSpec("single", 2, ("a", "b"), edges=(1.0, 2.0))
