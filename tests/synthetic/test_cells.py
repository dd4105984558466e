"""What all kinds of columns have in common: empty cells."""

from __future__ import annotations

import numpy as np
import pandas as pd

from labelfeed.synthetic.cells import from_one_hot, one_hot, spelling_of_nothing
from labelfeed.synthetic.number_column import NumberColumn

_CELLS = pd.Series(["1.5", None, "2.5", None, "4"] * 20, name="dose")


def test_empty_cells_are_a_number_of_their_own() -> None:
    column = NumberColumn.fit(_CELLS)
    x = column.encode(_CELLS, np.random.default_rng(0))
    assert column.width == 2 and column.missing == 0.4
    assert abs(x.mean()) < 0.15 and abs(x.std() - 1) < 0.15
    back = column.decode(x)
    assert back.isna().tolist() == _CELLS.isna().tolist()
    assert len(set(x[:, 0])) == 2


def test_a_cell_to_be_filled_is_known_to_hold_a_value() -> None:
    column = NumberColumn.fit(_CELLS)
    given = column.given(_CELLS.head(2), np.random.default_rng(0))
    assert np.isnan(given).tolist() == [[False, False], [False, True]]
    drawn = np.where(np.isnan(given), 0.3, given)
    assert column.decode(drawn).notna().all()
    x = column.encode(_CELLS, np.random.default_rng(0))
    assert column.decode(x, filled=True).notna().all()


def test_the_word_for_an_empty_cell_is_kept() -> None:
    cells = pd.Series(["3", "?", "7", "?", "5"], name="x")
    column = NumberColumn.fit(cells)
    assert column.decode(column.encode(cells, np.random.default_rng(0))).tolist() == [
        3, "?", 7, "?", 5,
    ]  # fmt: skip
    assert column.typed(cells).tolist() == [3, "?", 7, "?", 5]
    assert spelling_of_nothing(pd.Series([None, "a"]), np.array([True, False])) == ""


def test_one_hot_numbers_have_mean_0_and_are_not_far_apart_where_rare() -> None:
    for share in (0.5, 0.2, 0.001):
        there = np.arange(1000) < 1000 * share
        x = one_hot(there, share)
        assert abs(x.mean()) < 1e-9 and np.ptp(x) <= 3 + 1e-9
        assert np.array_equal(from_one_hot(x, share) > 0.5, there)
    assert one_hot(np.arange(10) < 2, 0.2).std() == 1


def test_a_column_without_any_value_stays_empty() -> None:
    column = NumberColumn.fit(pd.Series([None, None], name="x"))
    assert column.width == 0
    assert column.decode(np.zeros((3, 0))).isna().all()
    assert column.typed(pd.Series([None])).isna().all()
