"""A hash of each row tells its side of a split."""

from __future__ import annotations

import numpy as np
import pandas as pd

from labelfeed.data.row_sides import RowSides, sample_ranks


def _rows(n: int = 4000) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame({"x": rng.normal(size=n), "who": rng.integers(0, 400, n)})


def test_parts_have_their_shares_and_depend_on_the_seed() -> None:
    rows = _rows()
    sides = RowSides.of(rows, ["x"], None, seed=0)
    parts = sides.parts(rows, np.arange(4000), 0.2, 0.1)
    assert np.allclose(np.bincount(parts) / 4000, [0.7, 0.2, 0.1], atol=0.03)
    other = RowSides.of(rows, ["x"], None, seed=1).parts(rows, np.arange(4000), 0.2, 0.1)
    assert 0.4 < np.mean(parts == other) < 0.7
    assert sides.parts(rows, np.arange(4000), 0.0, 0.0).max() == 0


def test_equal_rows_and_groups_stand_on_one_side_wherever_they_are() -> None:
    rows = _rows()
    twice = pd.concat([rows, rows[::-1]], ignore_index=True)
    parts = RowSides.of(rows, ["x"], None, 0).parts(twice, np.arange(8000), 0.2, 0.1)
    assert np.array_equal(parts[:4000], parts[4000:][::-1])
    grouped = RowSides.of(rows, ["x"], "who", 0)
    parts = grouped.parts(rows, np.arange(4000), 0.3, 0.1)
    assert rows.groupby("who").apply(lambda g: len(set(parts[g.index])) == 1).all()
    one_by_one = [grouped.parts(rows[k : k + 1], np.array([k]), 0.3, 0.1)[0] for k in range(50)]
    assert one_by_one == parts[:50].tolist()


def test_rows_without_a_group_are_told_apart_by_themselves() -> None:
    rows = _rows().assign(who=None)
    rows.loc[0, "who"] = " "
    parts = RowSides.of(rows, ["x"], "who", 0).parts(rows, np.arange(4000), 0.5, 0.0)
    assert 0.4 < parts.mean() < 0.6


def test_rows_that_are_equal_by_chance_or_very_frequent_are_dealt_one_by_one() -> None:
    coarse = pd.DataFrame({"a": [0, 1] * 1000, "b": [0, 0, 1, 1] * 500})
    sides = RowSides.of(coarse, ["a", "b"], None, 0).told(coarse)
    assert 0.4 < sides.parts(coarse, np.arange(2000), 0.5, 0.0).mean() < 0.6
    rows = _rows(1000)
    rows.loc[:499, "x"] = 0.25
    sides = RowSides.of(rows, ["x"], None, 0).told(rows)
    assert len(sides.frequent) == 1 and not sides.by_chance
    assert 0.4 < sides.parts(rows[:500], np.arange(500), 0.5, 0.0).mean() < 0.6


def test_identifiers_make_no_row_different() -> None:
    rows = _rows(100).assign(number=np.arange(100))
    assert RowSides.of(rows, ["x", "number"], None, 0).columns == ("x",)


def test_ranks_are_a_random_order_of_the_rows() -> None:
    ranks = sample_ranks(np.arange(1000), seed=0)
    assert len(set(ranks.tolist())) == 1000
    assert abs(np.corrcoef(ranks.astype(float), np.arange(1000))[0, 1]) < 0.1
    assert not np.array_equal(ranks, sample_ranks(np.arange(1000), seed=1))
