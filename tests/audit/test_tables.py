"""Columns that are the target under another name."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_digits, load_iris

from labelfeed.audit.tables import feature_copy
from labelfeed.labels.spec import LabelSpec

Y = np.arange(60) % 3
RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    "copy",
    [Y, 7.5 - 2.0 * Y, np.array(["red", "green", "blue"])[Y], np.array([None, "b", "c"])[Y]],
    ids=["id", "number", "name", "missing is a value"],
)
def test_a_copy_is_found_whatever_its_values(copy: np.ndarray) -> None:
    table = pd.DataFrame({"age": RNG.normal(size=60), "copy": copy})
    assert [p.column for p in feature_copy(table, Y, LabelSpec.single(3))] == ["copy"]


def test_arrays_and_dicts_work_and_unknown_rows_are_left_out() -> None:
    labels = np.where(np.arange(60) < 10, -1, Y)
    noisy = Y.copy()
    noisy[:10] = 0
    found = feature_copy(np.column_stack([RNG.normal(size=60), noisy]), labels, LabelSpec.single(3))
    assert [(p.column, p.rows) for p in found] == [("1", 50)]
    assert feature_copy({"c": noisy}, labels, LabelSpec.single(3))[0].column == "c"


def test_multi_labels_are_looked_for_each_by_itself() -> None:
    labels = np.column_stack([Y == 0, Y == 1]).astype(int)
    found = feature_copy(np.column_stack([1 - labels[:, 1]]), labels, LabelSpec.multi(["a", "b"]))
    assert [p.label for p in found] == ["b"]


def test_a_column_of_classes_is_looked_for_whole_and_class_by_class() -> None:
    colour = LabelSpec.single(["red", "green", "blue"], name="colour")
    spec = LabelSpec.columns([colour, "ill"])
    ids = np.arange(60) % 3
    table = {"code": np.array(["r", "g", "b"])[ids], "is green": ids == 1, "age": np.arange(60)}
    labels = [{"colour": int(i), "ill": int(i > 0 and n % 2)} for n, i in enumerate(ids)]
    found = [(p.column, p.label) for p in feature_copy(table, labels, spec)]
    assert found == [("code", "colour"), ("is green", "colour=green")]


@pytest.mark.parametrize("load", [load_breast_cancer, load_digits, load_iris])
def test_real_tables_raise_no_alarm(load) -> None:
    x, y = load(return_X_y=True)
    assert feature_copy(x, y, LabelSpec.single(int(y.max()) + 1)) == ()


def test_what_is_no_table_gives_nothing() -> None:
    assert feature_copy(np.zeros((60, 4, 4)), Y, LabelSpec.single(3)) == ()
    assert feature_copy([np.zeros((60, 4))], Y, LabelSpec.single(3)) == ()
