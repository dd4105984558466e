"""The exact search: right, within bounds, apart from what belongs together; the index's error."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from labelfeed.estimators.errors import EstimatorError
from labelfeed.estimators.nearest import (
    NO_ROW,
    RowMarks,
    joined_units,
    nearest_by_index,
    nearest_keys,
)

RNG = np.random.default_rng(0)
KEYS = (RNG.normal(size=(5000, 3)) + 100).astype(np.float32)  # far from 0
QUERIES = (RNG.normal(size=(600, 3)) + 100).astype(np.float32)


def test_it_finds_what_all_distances_say() -> None:
    apart = (np.arange(600) % 7, np.arange(5000) % 7)
    far = np.square(QUERIES[:, None].astype(float) - KEYS).sum(axis=2)
    far[apart[0][:, None] == apart[1]] = np.inf
    found = nearest_keys(QUERIES, KEYS, 9, apart=apart)
    np.testing.assert_allclose(found.squared, np.sort(far, axis=1)[:, :9], rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(
        np.take_along_axis(far, found.rows, axis=1), found.squared, rtol=1e-3, atol=1e-5
    )


def test_fewer_keys_than_neighbours_and_none_at_all() -> None:
    found = nearest_keys(KEYS[:3], KEYS[:2], 4, apart=(np.zeros(3), np.array([0, 1])))
    assert found.rows.tolist() == [[1, NO_ROW, NO_ROW, NO_ROW]] * 3
    assert np.isinf(found.squared[:, 1:]).all()


@pytest.mark.parametrize(
    ("queries", "keys", "k", "says"),
    [
        (QUERIES, KEYS[:0], 1, "no row to be a neighbour"),
        (QUERIES, KEYS[:, :2], 1, r"queries \(n, width\)"),
        (QUERIES, KEYS, 0, "k must be a whole number"),
        (QUERIES * np.nan, KEYS, 1, "queries have values that are not finite"),
    ],
)
def test_what_cannot_be_searched(queries: np.ndarray, keys: np.ndarray, k: int, says: str) -> None:
    with pytest.raises(EstimatorError, match=says):
        nearest_keys(queries, keys, k)


def test_marks_are_equal_for_equal_rows_alone() -> None:
    one_hot = np.concatenate([np.eye(60), 1 - np.eye(60), np.eye(60) * 1e-6]).astype(np.float32)
    x = np.concatenate([KEYS @ np.diag([1, 1e-8, 1e8]).astype(np.float32), KEYS[:5]])
    for rows, different in ((one_hot, 180), (x, 5005)):
        marks = RowMarks.fitting(rows)
        assert len(np.unique(marks.of(rows))) >= different - (rows is one_hot) * 60
        np.testing.assert_array_equal(marks.of(rows[::-1])[::-1], marks.of(rows))


def test_units_join_equal_rows_and_groups() -> None:
    units = joined_units(np.array([1, 1, 2, 2, 3]), np.array([0, 1, 1, 2, 3]))
    assert units.tolist() == [0, 0, 0, 0, 1]


def test_an_index_needs_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faiss", None)
    with pytest.raises(EstimatorError, match=r"labelfeed\[neighbours\]"):
        nearest_by_index(QUERIES, KEYS, 2)


def test_an_index_finds_nearly_the_same() -> None:
    pytest.importorskip("faiss")
    found, exact = nearest_by_index(QUERIES, KEYS - 100, 5), nearest_keys(QUERIES, KEYS - 100, 5)
    assert (found.rows == exact.rows).mean() > 0.9
