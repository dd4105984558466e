"""Numbers of a column: whichever way is taken, as Python reads each cell."""

from __future__ import annotations

import random

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.number_cells import number, number_cells
from labelfeed.labels.words import MISSING

CELLS = ["1", " 2", "3 ", "+4", "-5.5", ".5", "1.", "1e5", "1E-3", "007", "1_0", "inf", "-Infinity",
         "1e999", "1e-400", "nan", "-nan", "nan(12)", "NA", "?", "none", "", " ", None, "x", "0x10",
         "1,5", "1f", "1d5", "\u0661", "True", "-", "1\n", "9007199254740993"]  # fmt: skip


def one_by_one(cells: list[str | None]) -> tuple[list[float], list[bool]]:
    texts = [None if c is None or c in MISSING else c.strip() for c in cells]
    values = [np.nan if t is None else number(t) for t in texts]
    return values, [t is not None and v != v for t, v in zip(texts, values, strict=True)]


@pytest.mark.parametrize("dtype", ["str", "object", "category"])
def test_every_cell_is_read_as_alone(dtype):
    rng = random.Random(0)
    some = [[cell] for cell in CELLS] + [rng.choices(CELLS, k=5) for _ in range(100)] + [CELLS]
    for cells in some:
        values, wrong = number_cells(pd.Series(cells, dtype=dtype))
        expected, odd = one_by_one(cells)
        np.testing.assert_array_equal(values, expected, err_msg=repr(cells))
        assert wrong.tolist() == odd, cells
        values += 1  # nobody else's memory


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([1, 2, None], dtype="Int64"),
        pd.Series([1.0, 2.0, np.nan]),
        [1, "2", None],
        np.array([1, " 2 ", np.nan], object),
    ],
)
def test_numbers_of_other_types(column):
    values, wrong = number_cells(column)
    np.testing.assert_array_equal(values, [1, 2, np.nan])
    assert not wrong.any()


def test_words_of_a_reader_are_numbers_too():
    column = pd.Series(["1.5", "yes", "no", "NA", "x"])
    values, wrong = number_cells(
        column, MISSING.but(["NA"]), lambda t: {"yes": 1.0, "no": 0.0}.get(t, number(t))
    )
    np.testing.assert_array_equal(values, [1.5, 1, 0, np.nan, np.nan])
    assert wrong.tolist() == [False, False, False, True, True]
