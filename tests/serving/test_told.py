"""What is known: by name, for all rows or row by row; never a class by its number."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.labels.encoding import LabelError
from labelfeed.labels.spec import LabelSpec
from labelfeed.serving.body import RequestError
from labelfeed.serving.told import read_known, read_told_sides
from tests.serving._runs import SIDE, SPEC


def test_known_for_all_rows_and_row_by_row() -> None:
    assert read_known(None, 2, SPEC) is None and read_known({"fever": None}, 2, SPEC) is None
    one = read_known({"fever": "yes", "colour": "blue"}, 2, SPEC)
    np.testing.assert_array_equal(one, [[-1, 1, 0, 1]] * 2)
    each = read_known([{"fever": 0}, {"colour": {"red": 0.7, "blue": 0.3}}], 2, SPEC)
    np.testing.assert_allclose(each, [[-1, 0, -1, -1], [-1, -1, 0.7, 0.3]])


@pytest.mark.parametrize(
    "cells",
    [{"fever": "maybe"}, {"fever": [1]}, {"fever": {"a": 1}}, {"fever": 2}, {"colour": "green"},
     {"colour": 1}, {"colour": "1"}, {"colour": True}, {"colour": [1]}, {"colour": {"green": 1}},
     {"fever": 10**400}],
)  # fmt: skip
def test_what_does_not_fit_names_row_and_label(cells) -> None:
    (name,) = cells
    with pytest.raises(LabelError, match=f"[Rr]ow 2, label '{name}': got") as found:
        read_known([{}, cells], 2, SPEC)
    assert (found.value.row, found.value.column) == (2, name)
    with pytest.raises(LabelError, match=f"label '{name}': got"):
        read_known(cells, 1, SPEC)


def test_names_and_numbers_of_rows() -> None:
    with pytest.raises(RequestError, match=r"there is no 'fevr'.*'fever'"):
        read_known({"fevr": 1}, 1, SPEC)
    with pytest.raises(RequestError, match="has 1 objects, and there are 2 rows"):
        read_known([{}], 2, SPEC)
    with pytest.raises(RequestError, match="must be an object"):
        read_known("fever", 2, SPEC)


def test_classes_whose_names_are_numbers() -> None:
    grade = LabelSpec.columns([LabelSpec.single(["1", "2", "3"], "grade"), "ill"])
    np.testing.assert_array_equal(read_known({"grade": 2}, 1, grade)[0, :3], [0, 1, 0])
    np.testing.assert_array_equal(read_known({"grade": 3.0}, 1, grade)[0, :3], [0, 0, 1])
    with pytest.raises(LabelError, match="one of '1', '2', '3'"):
        read_known({"grade": 0}, 1, grade)


def test_side_labels() -> None:
    assert (
        read_told_sides(None, 2, [SIDE]) is None
        and read_told_sides({"scanner": None}, 2, [SIDE]) is None
    )
    assert read_told_sides({"scanner": "B"}, 2, [SIDE])["scanner"].tolist() == [1, 1]
    assert read_told_sides([{"scanner": "B"}, {}], 2, [SIDE])["scanner"].tolist() == [1, -1]
    with pytest.raises(LabelError, match="sides, row 2, label 'scanner': got 'C'"):
        read_told_sides([{}, {"scanner": "C"}], 2, [SIDE])
    with pytest.raises(RequestError, match="takes no side labels"):
        read_told_sides({"scanner": "B"}, 1, [])
    age = LabelSpec.ranges([40, 65], "age")
    assert read_told_sides({"age": 57}, 1, [age])["age"].tolist() == [1]
