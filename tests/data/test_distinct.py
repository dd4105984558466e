"""Each different cell is looked at once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.distinct import arrow_text, distinct, read_once


@pytest.mark.parametrize(
    "cells",
    [
        pd.Series(["b", "a", None, "b"]),
        pd.Series(["b", "a", None, "b"], dtype=object),
        pd.Series(["b", "a", None, "b"], dtype="category"),
        np.array(["b", "a", None, "b"], object),
        pd.Series([2.5, 1.0, np.nan, 2.5]),
        pd.Series([2, 1, None, 2], dtype="Int64"),
    ],
)
def test_places_lead_back_to_the_cells(cells):
    places, values = distinct(cells)
    assert places.tolist() == [0, 1, -1, 0]
    assert [values[0], values[1]] == [cells[0], cells[1]]
    assert len(values) == 2


@pytest.mark.parametrize(
    "cells",
    [
        [1, 2],
        np.array([1, True, 1.0, "1"], object),
        pd.Series([1, "1"]),
        np.zeros((2, 2)),
        np.ma.array([1, 2], mask=[0, 1]),
        pd.Series([["a"], ["b"]]),
        pd.Series([1, 2], dtype="category"),
        pd.to_datetime(pd.Series(["2024-01-01"])),
    ],
)
def test_cells_of_other_types_are_left_to_others(cells):
    assert distinct(cells) is None
    assert read_once(cells, str) is None


def test_a_reader_is_called_once_for_each_value_and_for_missing():
    seen = []
    cells = pd.Series(["b", "b", None, "a"] * 100)
    assert read_once(cells, lambda cell: seen.append(cell) or cell).tolist() == [
        "b", "b", None, "a"
    ] * 100  # fmt: skip
    assert seen == ["b", "a", None]
    assert read_once(pd.Series([], dtype=str), str).tolist() == []


def test_text_for_pyarrow():
    for dtype in ("str", object):
        assert arrow_text(pd.Series(["1", None], dtype=dtype)).to_pylist() == ["1", None]
    for other in ([1.5], ["1", 2], ["\ud800"], [b"1"]):
        assert arrow_text(pd.Series(other, dtype=None if other == [1.5] else object)) is None
