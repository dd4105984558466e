"""Rows of whatever features are; tables are paired by their index, never by position."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.predictors.rows import array_of, num_rows, rows_at, same_rows

X = pd.DataFrame({"a": [1.0, 2, 3]}, index=[5, 6, 7])


def test_what_belongs_together_passes() -> None:
    same_rows(x=X, y=X["a"], known={"n": X["a"]}, sample_weight=None)
    same_rows(x=X, y=np.ones(4), known=[1, 2, 3], sample_weight=X.copy())
    same_rows(x=X.reset_index(drop=True), y=pd.Series([1, 2, 3], index=np.array([0, 1, 2])))
    same_rows(x=[X, np.ones(3)], y=iter([]))


@pytest.mark.parametrize("other", [X[::-1], {"n": X["a"][::-1]}, [np.ones(3), X[::-1]]])
def test_another_order_is_refused(other: object) -> None:
    with pytest.raises(ValueError, match=r"x and y differ: row 0 is 5 in x and 7 in y.*to_numpy"):
        same_rows(x=X, y=other)


def test_another_length_is_told() -> None:
    with pytest.raises(ValueError, match="y and weights differ: 3 rows against 2"):
        same_rows(x=np.ones(3), y=X, weights=X[:2])


def test_num_rows() -> None:
    assert num_rows(np.ones((3, 2))) == 3
    assert num_rows({"a": np.ones(4)}) == 4
    assert num_rows([None, pd.DataFrame({"a": [1]})]) == 1
    assert num_rows(iter([])) is None
    assert num_rows([]) is None


def test_rows_at_positions_of_whatever_features_are() -> None:
    at = np.array([1, 0, 1])
    assert rows_at({"a": X}, at)["a"]["a"].tolist() == [2.0, 1.0, 2.0]
    np.testing.assert_array_equal(rows_at([X.to_numpy()], at)[0], X.to_numpy()[at])


def test_numbers_without_a_backend_become_an_array() -> None:
    assert array_of([[1, 2]]).tolist() == [[1, 2]]
