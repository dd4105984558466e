from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.declared import declared_cells, declared_classes, without

FOUND = np.array([["maybe", "-1"], ["1", b"NA"], [None, -1.0]], dtype=object)


def test_cells_of_yes_no_labels() -> None:
    rules = CellRules(missing="na", negative="maybe", uncertain={"b": "soft=.7"})
    found, values = declared_cells(FOUND, ["a", "b"], rules)
    assert found.tolist() == [[True, True], [False, True], [False, True]]
    np.testing.assert_array_equal(values[found], [0, 0.7, np.nan, 0.7])
    numbers = np.array([[-1.0, 1.0]])
    assert declared_cells(numbers, ["a", "b"], CellRules(missing=["x", -1]))[0].tolist() == [
        [True, False]]  # fmt: skip
    assert not declared_cells(numbers, ["a", "b"], CellRules())[0].any()
    with pytest.raises(ValueError, match="make it a column of classes"):
        declared_cells(numbers, ["a", "b"], CellRules(uncertain="class"))


@pytest.mark.parametrize(
    ("names", "declared", "id_"),
    [
        (["well", "ill"], {"negative": -1}, 0),
        (["yes", "no"], {"negative": -1}, 1),
        (["1", "-1"], {"negative": -1}, 1),
        (["a", "b", "c"], {"negative": -1}, -2),
        (["well", "ill"], {"missing": -1}, -1),
        (["well", "ill"], {"uncertain": "ignore"}, -1),
        (["well", "ill"], {"uncertain": "ones"}, 1),
        (["a", "uncertain", "c"], {"uncertain": "class"}, 1),
        (["a", "b"], {"uncertain": "class"}, -2),
    ],
)
def test_classes(names: list[str], declared: dict[str, Any], id_: int) -> None:
    for array in (np.array([-1, 1]), np.array(["-1", "1"]), np.array([{"y": -1}, {"y": 1}])):
        found, ids = declared_classes(array, names, "y", CellRules(**declared))
        assert found.tolist() == [True, False]
        assert ids[0] == id_


def test_a_class_is_not_soft() -> None:
    with pytest.raises(ValueError, match="Soft targets need yes/no labels"):
        declared_classes(np.array([-1]), ["a", "b"], "y", CellRules(uncertain="soft=.5"))


def test_declared_cells_are_taken_out() -> None:
    mask = np.array([True, False])
    assert np.isnan(without(np.array([-1, 1]), mask)[0])
    assert without(np.array(["-1", "1"]), mask).tolist() == [None, "1"]
