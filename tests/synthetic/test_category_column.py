"""Columns of words and of ids."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.synthetic.category_column import CategoryColumn, IdColumn


@pytest.mark.parametrize(("count", "width"), [(1, 0), (2, 1), (5, 5), (60, 1)])
def test_words_come_back_and_are_as_frequent(count: int, width: int) -> None:
    rng = np.random.default_rng(0)
    words = [f"in {k}" for k in range(count)]
    cells = pd.Series(np.append(rng.choice(words, 2000, p=_shares(count)), words), name="city")
    column = CategoryColumn.fit(cells)
    column.check()
    x = column.encode(cells, rng)
    assert column.width == width and column.decode(x.astype(np.float32)).tolist() == cells.tolist()
    if count == 60:
        drawn = column.decode(rng.normal(size=(20000, 1)))
        assert abs((drawn == column.values[0]).mean() - column.shares[0]) < 0.015
        assert abs(x.mean()) < 0.05 and abs(x.std() - 1) < 0.1


def test_true_and_false_of_a_typed_file_stay_such() -> None:
    cells = pd.Series([True, False, True, True], name="ill")
    column = CategoryColumn.fit(cells)
    back = column.decode(column.encode(cells, np.random.default_rng(0)))
    assert str(back.dtype) == "boolean" and back.tolist() == cells.tolist()


def test_a_word_that_was_not_seen_is_named_with_a_suggestion() -> None:
    column = CategoryColumn.fit(pd.Series(["north", "south", "north"], name="site"))
    with pytest.raises(DataError, match=r"'site' is 'nort' in no training row.*mean 'north'"):
        column.read(pd.Series(["south", "nort"]))


@pytest.mark.parametrize(
    ("cells", "made"),
    [
        ([1, 2, 9], [10, 11]),
        (["P09", "P10"], ["P11", "P12"]),
        (["a1b", "zz"], ["synthetic-1", "synthetic-2"]),
    ],
)
def test_ids_are_made_anew(cells: list, made: list) -> None:
    column = IdColumn.fit(pd.Series(cells, name="id"))
    column.check()
    assert column.width == 0 and column.decode(np.zeros((2, 0))).tolist() == made


def test_shares_that_do_not_fit_are_refused() -> None:
    for values, shares in (
        (("a",), (0.5, 0.5)),
        (("a", "a"), (0.5, 0.5)),
        (("a", "b"), (0.5, 0.4)),
    ):
        with pytest.raises(ValueError, match=r"sum to 1|as many"):
            CategoryColumn("x", 0.0, "", values, shares, False).check()


def _shares(count: int) -> np.ndarray:
    weights = 1 / np.arange(1, count + 1)
    return weights / weights.sum()
