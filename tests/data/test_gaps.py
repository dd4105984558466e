"""Labels that a source never asks, found from their gaps."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.dataset import Dataset, Sides
from labelfeed.data.gaps import find_gaps, gap_notes
from labelfeed.data.loading import load_data
from labelfeed.labels.spec import LabelSpec

ROWS = 200
SPEC = LabelSpec.multi(["cough", "fever", "rash"])
SITE = np.array(["A", "B", "C", "D"])[np.arange(ROWS) % 4]


def rows(unknown: np.ndarray, features: object = None, sides: Sides | None = None) -> Dataset:
    """Return rows of which the labels are unknown where `unknown` (n, 3) says, and by chance."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, (ROWS, 3)).astype(np.int32)
    labels[unknown | (rng.random((ROWS, 3)) < 0.2)] = -1
    if features is None:
        features = np.zeros((ROWS, 1))
    sides = sides or Sides()
    return Dataset("table", features, labels, SPEC, np.arange(ROWS), "f", sides=sides)


def of(name: str, *labels: str) -> np.ndarray:
    return np.isin(SITE, list(name))[:, None] & np.isin(SPEC.names, labels)


def test_a_site_that_never_asks() -> None:
    frame = pd.DataFrame({"x": np.random.default_rng(1).normal(size=ROWS), "site": SITE})
    data = rows(of("BC", "fever", "rash"), frame)
    (gap,) = find_gaps(data)
    assert (gap.labels, gap.column, gap.values, gap.rows) == (
        ("fever", "rash"), "site", ("B", "C"), 100)  # fmt: skip
    assert gap_notes(data)[0].startswith(
        "'fever', 'rash' are never known where 'site' is 'B' or 'C' (100 rows): not asked there?"
    )
    apart = rows(of("B", "fever") | of("C", "rash"), frame)
    assert [(g.labels, g.values) for g in find_gaps(apart)] == [
        (("fever",), ("B",)),
        (("rash",), ("C",)),
    ]
    assert len(gap_notes(apart)) == 1
    assert gap_notes(apart)[0].endswith("(1 more such groups of rows)")


def test_what_chance_may_do_is_no_gap() -> None:
    frame = pd.DataFrame({"site": SITE, "day": np.arange(ROWS) // 10})
    assert find_gaps(rows(np.zeros((ROWS, 3), bool), frame)) == ()
    one = rows(of("B", "fever"), frame)
    one.labels[1, 1] = 1  # one of them was asked
    assert find_gaps(one) == ()
    tiny = (np.arange(ROWS) < 15)[:, None] & np.array([True, False, False])
    assert find_gaps(rows(tiny, frame)) == ()
    rare = rows(of("ABCD", "fever"), frame)
    rare.labels[::25, 1] = 1  # hardly anybody is asked anywhere
    assert find_gaps(rare) == ()


def test_empty_cells_and_side_labels_tell_a_source_too() -> None:
    weight = pd.DataFrame({"weight": np.where(SITE == "B", np.nan, np.arange(ROWS))})
    (gap,) = find_gaps(rows(of("B", "fever"), weight))
    assert "'fever' is never known where 'weight' is empty (50 rows)" in str(gap)
    ids = (np.arange(ROWS) % 4).astype(np.int32)[:, None]
    sides = Sides((LabelSpec.single(list("ABCD"), "scanner"),), ids)
    (gap,) = find_gaps(rows(of("B", "fever"), sides=sides))
    assert (gap.column, gap.values, gap.rows) == ("scanner", ("B",), 50)


def test_a_block_of_rows() -> None:
    second = (np.arange(ROWS) >= 120)[:, None] & np.array([False, False, True])
    (gap,) = find_gaps(rows(second))
    assert gap.column is None
    assert gap.first in range(115, 122) and gap.last == ROWS  # unknown by chance just before it
    assert f"in the rows {gap.first} to 200" in str(gap)
    lists = pd.DataFrame({"x": [[1]] * ROWS})
    assert find_gaps(rows(second, lists)) == (gap,)


@pytest.mark.parametrize("labelled", ["A", "AB"])
def test_new_data_are_told_once(tmp_path, labelled) -> None:
    y = np.where(np.isin(SITE, list(labelled)), np.arange(ROWS) // 7 % 2, None)
    frame = pd.DataFrame({"x": np.arange(ROWS) % 9, "site": SITE, "y": y})
    frame.to_csv(tmp_path / "t.csv", index=False)
    data = load_data(tmp_path / "t.csv", target="y")
    told = [line for line in data.notes if "never known where 'site'" in line]
    assert len(told) == 1
    assert not load_data(tmp_path / "t.csv", spec=data.spec).notes
