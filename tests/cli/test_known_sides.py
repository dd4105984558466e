"""`--known age=57` for side labels."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.cli.known_sides import side_values, with_sides
from labelfeed.data.dataset import DataError, Dataset, Sides
from labelfeed.labels.encoding import LabelError
from labelfeed.labels.spec import LabelSpec

AGE = LabelSpec.ranges([40, 65], "age")
WARD = LabelSpec.single(["a", "b"], "ward")
SPEC = LabelSpec.single(2)


def rows(sides: Sides) -> Dataset:
    return Dataset(
        "arrays", np.zeros((3, 1)), np.zeros(3, int), SPEC, np.arange(3), "f", sides=sides
    )


def test_values_are_told_apart_from_labels() -> None:
    assert side_values(["age = 57,cough", "ward=b"], [AGE, WARD]) == (
        {"age": "57", "ward": "b"}, ("cough",))  # fmt: skip
    assert side_values(["a,b=1"], []) == ({}, ("a,b=1",))
    for wrong in (["age"], ["age=1", "age=2"]):
        with pytest.raises(DataError, match="the side label 'age' is read from the file"):
            side_values(wrong, [AGE])


def test_one_value_wins_over_the_file() -> None:
    file = rows(Sides((AGE, WARD), np.array([[0, 1], [2, 0], [-1, -1]], np.int32)))
    told = with_sides(file, (AGE, WARD), {"age": "57"})
    assert told.sides.ids.tolist() == [[1, 1], [1, 0], [1, -1]]
    ignored = with_sides(rows(Sides()), (AGE, WARD), {"ward": "b"})
    assert ignored.sides.ids.tolist() == [[-1, 1]] * 3
    assert with_sides(file, (AGE, WARD), {}) is file
    with pytest.raises(LabelError, match=r"--known age=old: got 'old'"):
        with_sides(file, (AGE, WARD), {"age": "old"})
