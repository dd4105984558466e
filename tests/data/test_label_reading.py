from __future__ import annotations

import numpy as np
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.data.label_reading import label_columns, read_labels, unlabelled
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.spec import LabelSpec

EDEMA, MASS = ["1", "0", "-1", None], ["0", "1", "1", "-1"]


def test_one_label_several_or_several_in_a_cell() -> None:
    assert read_labels({"a": ["x", "y"]}, None, "f", CellRules()).spec.kind == "single"
    two = read_labels({"a": ["0", "1"], "b": ["1", "0"]}, None, "f", CellRules())
    assert two.spec.names == ("a", "b")
    joined = read_labels({"a": ["x|y", "x"]}, None, "f", CellRules(separator="|"))
    assert joined.spec == LabelSpec.multi(["x", "y"], name="a")
    again = read_labels({"a": ["y", ""]}, joined.spec, "f", CellRules(separator="|"))
    assert again.labels.tolist() == [[0, 1], [-1, -1]]
    apart = read_labels({"x": ["1", "0"]}, joined.spec, "f", CellRules(separator="|"))
    assert apart.labels.tolist() == [[1, -1], [0, -1]]
    with pytest.raises(DataError, match="separator goes with one label column"):
        read_labels({"a": ["x"], "b": ["y"]}, None, "f", CellRules(separator="|"))


def test_soft_targets_are_beside_the_labels() -> None:
    rules = CellRules(uncertain="soft=0.6")
    read = read_labels({"edema": EDEMA, "mass": MASS}, None, "f", rules)
    assert read.labels.tolist() == [[1, 0], [0, 1], [-1, 1], [-1, -1]]
    nan = np.nan
    np.testing.assert_allclose(
        read.soft, np.float32([[nan, nan], [nan, nan], [0.6, nan], [nan, 0.6]])
    )
    one = read_labels({"edema": EDEMA}, None, "f", rules)
    assert one.spec == LabelSpec.multi(["edema"], name="labels")
    assert read_labels({"edema": EDEMA}, None, "f", CellRules(uncertain="ones")).soft is None


def test_uncertain_as_a_class_makes_a_column_of_classes() -> None:
    rules = CellRules(uncertain={"edema": "class", "": "zeros"})
    read = read_labels({"edema": EDEMA, "mass": MASS}, None, "f", rules)
    assert read.spec.names == ("edema=0", "edema=1", "edema=uncertain", "mass")
    assert read.labels.tolist() == [[0, 1, 0, 0], [1, 0, 0, 1], [0, 0, 1, 1], [-1, -1, -1, 0]]
    again = read_labels({"edema": ["-1", "1"], "mass": ["0", "-1"]}, read.spec, "f", rules)
    assert again.labels.tolist() == [[0, 0, 1, 0], [0, 1, 0, 0]]


def test_the_columns_of_a_run() -> None:
    spec, rules = LabelSpec.multi(["x", "y"], name="a"), CellRules(separator="|")
    assert label_columns(spec, rules, ["a", "x"]) == ("a",)
    assert (
        label_columns(spec, rules, ["x"]) == label_columns(spec, CellRules(), ["a"]) == ("x", "y")
    )
    assert unlabelled(spec, 2).labels.tolist() == [[-1, -1]] * 2
