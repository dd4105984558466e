from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.giveaways import giveaway_notes
from labelfeed.data.missing_cells import empty_cells, missing_notes, told_by_missing
from labelfeed.labels.spec import LabelSpec

RNG = np.random.default_rng(0)
ILL = RNG.integers(0, 2, 400)
SPEC = LabelSpec.single(["no", "yes"], name="ill")


def column(empty, write=float):
    return pd.Series([None if e else write(v) for e, v in zip(empty, RNG.random(400), strict=True)])


@pytest.mark.parametrize("write", [float, str])
def test_cells_filled_in_for_one_class_are_found(write):
    tested = RNG.random(400) < np.where(ILL, 0.1, 0.8)
    frame = pd.DataFrame({"biopsy": column(tested, write), "age": RNG.random(400)})
    found = told_by_missing(frame, ILL, SPEC)
    assert list(found) == ["biopsy"] and "of the rows where 'ill' is 'no'" in found["biopsy"]
    (note,) = giveaway_notes(frame, ILL, SPEC)
    assert note.startswith("column 'biopsy' is empty in ") and note.endswith("is known?")


def test_of_many_columns_two_are_shown_and_the_others_counted():
    frame = pd.DataFrame({f"x{k}": column(RNG.random(400) < ILL * k / 8) for k in range(5, 9)})
    assert list(told_by_missing(frame, ILL, SPEC)) == ["x8", "x7", "x6", "x5"]
    notes = missing_notes(frame, ILL, SPEC, known=["x8"])
    assert [note.split("'")[1] for note in notes[:2]] == ["x7", "x6"]
    assert notes[2] == "1 more column whose empty cells tell a label"
    assert missing_notes(frame, ILL, SPEC)[2].startswith("2 more columns whose")


def test_a_class_of_several_and_a_label_of_several():
    stage = RNG.integers(0, 3, 400)
    frame = pd.DataFrame({"t": column(stage != 2)})
    assert "'iii'" in told_by_missing(frame, stage, LabelSpec.single(["i", "ii", "iii"]))["t"]
    both = np.stack([RNG.integers(0, 2, 400), ILL], axis=1)
    found = told_by_missing(
        pd.DataFrame({"t": column(ILL == 1)}), both, LabelSpec.multi(["a", "b"])
    )
    assert "'b'" in found["t"]


@pytest.mark.parametrize(
    "empty",
    [
        RNG.random(400) < 0.5,  # by chance
        RNG.random(400) < np.where(ILL, 0.3, 0.6),  # a little
        np.zeros(400, bool),
        np.ones(400, bool),
    ],
)
def test_other_gaps_are_quiet(empty):
    assert told_by_missing(pd.DataFrame({"t": column(empty)}), ILL, SPEC) == {}


def test_few_rows_tell_nothing():
    few = pd.DataFrame({"t": column(ILL == 1)[:40]})
    assert told_by_missing(few, ILL[:40], SPEC) == {}
    assert told_by_missing(pd.DataFrame(index=range(9)), ILL[:9], SPEC) == {}


def test_what_an_empty_cell_is():
    assert empty_cells(pd.Series([1.5, np.nan])).tolist() == [False, True]
    assert empty_cells(pd.Series(["x", " ", None, "NA", ("a",)])).tolist() == [
        False, True, True, True, False,
    ]  # fmt: skip
