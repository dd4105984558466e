"""Errors about cells: fields, and the message that is made of them."""

from __future__ import annotations

import copy

import numpy as np

from labelfeed.data.dataset import DataError
from labelfeed.labels.encoding import LabelError
from labelfeed.labels.errors import CellError


def fields(error: CellError) -> tuple:
    return error.row, error.column, error.value, error.expected, error.count


def test_the_message_is_made_of_the_fields() -> None:
    error = LabelError(row=4, column="c", value=np.int64(7), expected="0 or 1", count=3)
    assert str(error) == (
        "Row 4, column 'c': got 7; expected 0 or 1. Unknown labels are NaN, None or "
        '"" (-1 among ids). 3 labels do not fit; this is the first.'
    )
    assert fields(error) == (4, "c", 7, "0 or 1", 3)
    data = DataError(row=4, column="c", value="x", expected="a number")
    assert str(data) == "Data row 4, column 'c': got 'x'; expected a number."


def test_a_reason_stands_as_it_is() -> None:
    assert fields(error := LabelError("It does not fit: at all.")) == (None, None, None, None, 1)
    assert (str(error), error.place) == ("It does not fit: at all.", "")
    placed = DataError("it is missing.", place="f.csv: data row 2", row=2)
    assert (str(placed), placed.row, placed.reason) == (
        "f.csv: data row 2: it is missing.", 2, "it is missing.",
    )  # fmt: skip


def test_told_from_further_out_the_fields_stay() -> None:
    error = LabelError(row=4, column="c: d", value="x: y", expected="0: 1", count=2)
    outer = error.within("y", " Rows count from 1.")
    assert isinstance(outer, LabelError)
    assert str(outer) == f"y: {error} Rows count from 1."
    assert fields(outer) == fields(error)
    assert str(LabelError("No label.").within("y")) == "y: No label."


def test_at_another_place_there_is_no_row() -> None:
    error = LabelError(row=0, column="c: d", value="x: y", expected="0: 1").within("f.csv")
    moved = error.at("--known c: d=x: y")
    assert str(moved).startswith("--known c: d=x: y: got 'x: y'; expected 0: 1. Unknown")
    assert fields(moved) == (None, "c: d", "x: y", "0: 1", 1)


def test_a_copy_is_the_same_error() -> None:
    error = LabelError(row=4, column="c", value="x", expected="0 or 1")
    again = copy.copy(error)  # as a process hands it to another
    assert (str(again), fields(again)) == (str(error), fields(error))
