"""Columns of numbers and dates."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.synthetic.number_column import DateColumn, NumberColumn

_RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("values", "decimals", "dtype"),
    [
        (_RNG.integers(0, 500, 300), 0, "Int64"),
        (_RNG.normal(size=300).round(2), 2, "float64"),
        (_RNG.normal(size=300), None, "float64"),
        (_RNG.integers(0, 2**60, 50), None, "float64"),
    ],
)
def test_digits_after_the_point_are_kept(
    values: np.ndarray, decimals: int | None, dtype: str
) -> None:
    column = NumberColumn.fit(pd.Series(values, name="x"))
    drawn = column.decode(np.random.default_rng(1).normal(size=(100, 1)))
    assert column.decimals == decimals and str(drawn.dtype) == dtype
    if decimals is not None:
        assert (drawn.astype(float).round(decimals) == drawn.astype(float)).all()
        back = column.decode(column.encode(pd.Series(values), np.random.default_rng(2)))
        assert back.tolist() == values.tolist()


def test_a_constant_takes_no_number() -> None:
    column = NumberColumn.fit(pd.Series(["2.5"] * 4, name="x"))
    assert column.width == 0 and column.decode(np.zeros((2, 0))).tolist() == [2.5, 2.5]


@pytest.mark.parametrize("cell", ["many", "inf"])
def test_what_is_no_number_is_named(cell: str) -> None:
    column = NumberColumn.fit(pd.Series([1, 2, 3], name="age"))
    with pytest.raises(DataError, match="age") as error:
        column.read(pd.Series(["1", cell]))
    assert error.value.row == 2


@pytest.mark.parametrize(
    ("written", "spelt"),
    [("", None), ("%d.%m.%Y", "03.01.2020"), ("ISO8601", "2020-01-03")],
)
def test_dates_are_written_as_in_the_file(written: str, spelt: str | None) -> None:
    days = pd.to_datetime(["2020-01-03", "2021-05-07", None, "2020-02-29"])
    cells = pd.Series(days, name="visit").dt.as_unit("s")
    column = DateColumn.fit(cells, written)
    back = column.decode(column.encode(cells, np.random.default_rng(0)))
    if spelt is None:
        pd.testing.assert_series_equal(back, cells, check_dtype=False)
    else:
        assert back[0] == spelt and back.isna().tolist() == [False, False, True, False]
        assert column.typed(back).tolist() == back.tolist()  # read again as they are written


def test_times_of_the_day_are_seconds() -> None:
    times = pd.Series(pd.to_datetime(["2020-01-03 10:00:01", "2020-01-04 23:59:59"]), name="t")
    column = DateColumn.fit(times, "ISO8601")
    back = column.decode(column.encode(times, np.random.default_rng(0)))
    assert not column.days and back.tolist() == ["2020-01-03T10:00:01", "2020-01-04T23:59:59"]
