from __future__ import annotations

import decimal

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.data.labelling import as_text, multi_labels, single_labels, spec_columns
from labelfeed.labels.encoding import LabelError
from labelfeed.labels.spec import LabelSpec


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1"),
        (1.0, "1"),
        ("1.0", "1"),
        ("2.000", "2"),
        ("1.5", "1.5"),
        (" benign ", "benign"),
        (b"benign", "benign"),
        (True, "True"),
        (np.int64(7), "7"),
        (np.float32(7), "7"),
        (decimal.Decimal("3.0"), "3"),
        ("01", "01"),
        (None, None),
        (float("nan"), None),
        (pd.NA, None),
        ("", None),
        (" ", None),
        ("NA", "NA"),
        ("-1", "-1"),
        (-1.0, "-1"),
        (float("inf"), "inf"),
    ],
)
def test_as_text(value, text):
    assert as_text([value]).tolist() == [text]


def test_masked_values_are_missing():
    assert as_text(np.ma.array([1, 2], mask=[False, True])).tolist() == ["1", None]
    assert as_text(["a", np.ma.masked]).tolist() == ["a", None]
    read = single_labels(np.ma.array([0, 1, 1], mask=[0, 0, 1]), "t", None, "f.csv")
    assert read.labels.tolist() == [0, 1, -1]


def test_true_and_one_are_not_mixed_up():
    assert as_text([True, 1, 1.0, "1"]).tolist() == ["True", "1", "1", "1"]


def test_single_classes_are_sorted_by_value():
    read = single_labels([10, 2.0, "1", None], "grade", None, "f.csv")
    assert read.spec == LabelSpec.single(["1", "2", "10"], name="grade")
    assert read.labels.tolist() == [2, 1, 0, -1]
    assert read.labels.dtype == np.int32


def test_a_saved_spec_is_reused_across_types():
    spec = LabelSpec.single(["1", "2"], name="grade")
    for values in (["2", "1.0"], [2, 1], [2.0, 1.0]):
        assert single_labels(values, "grade", spec, "f.csv").labels.tolist() == [1, 0]


def test_ids_of_a_saved_spec_are_names_not_positions():
    spec = LabelSpec.single(["1", "2"], name="grade")
    with pytest.raises(LabelError, match=r"f\.csv: Row 2, column 'grade': got '0'.*without the he"):
        single_labels([1, 0], "grade", spec, "f.csv")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([None, ""], "'t' is missing in every row"),
        (["a", None, "a"], "only one class, 'a'"),
        (np.linspace(0, 1, 50), "looks like a measurement"),
        ([f"name {i}" for i in range(60)], "looks like an identifier"),
    ],
)
def test_targets_that_are_no_classes(values, message):
    with pytest.raises(DataError, match=message):
        single_labels(values, "t", None, "f.csv")


def test_many_real_classes_are_fine():
    read = single_labels([f"c{i % 200}" for i in range(1000)], "t", None, "f.csv")
    assert read.spec.num_classes == 200


def test_multi():
    columns = {
        "a": ["yes", "no", "", "1"],
        "b": [True, None, False, True],
        "c": [1.0, 0, np.nan, 1],
    }
    read = multi_labels(columns, None, "f.csv")
    assert read.labels.tolist() == [[1, 1, 1], [0, -1, 0], [-1, 0, -1], [1, 1, 1]]
    assert read.spec == LabelSpec.multi(["a", "b", "c"], name="labels")
    assert read.notes == ()
    assert spec_columns(read.spec) == ("a", "b", "c")


def test_the_error_of_a_file_has_fields():
    with pytest.raises(LabelError) as caught:
        single_labels(["1", "0", "7"], "grade", LabelSpec.single(["1", "2"], "grade"), "f: x.csv")
    error = caught.value
    assert (error.row, error.column, error.value, error.count) == (2, "grade", "0", 2)
    assert str(error).startswith("f: x.csv: Row 2, column 'grade': got '0'")


def test_multi_names_what_cannot_be_learned():
    notes = multi_labels({"a": [1, 0], "b": [None, None], "c": [1, 1]}, None, "f.csv").notes
    assert len(notes) == 2
    assert "'b' is unknown in every row" in notes[0]
    assert "'c' is always 1" in notes[1]


@pytest.mark.parametrize(
    ("columns", "error", "message"),
    [
        ({"a": [None, ""], "b": [None, None]}, DataError, "all labels are missing in a, b"),
        ({"a": [1, 1], "b": [0, 0]}, DataError, "nothing to learn"),
        ({"a": [1, 0], "b": ["no", "maybe"]}, LabelError, "Row 2, column 'b': got 'maybe'"),
        ({"a": [1, 0], "b": [3, 0]}, LabelError, "Row 1, column 'b': got '3'"),
    ],
)
def test_bad_multi(columns, error, message):
    with pytest.raises(error, match=message):
        multi_labels(columns, None, "f.csv")


def test_a_saved_multi_spec_fills_absent_columns():
    spec = LabelSpec.multi(["a", "b"])
    read = multi_labels({"b": [1, 0]}, spec, "f.csv")
    assert read.labels.tolist() == [[-1, 1], [-1, 0]]
    assert read.spec == spec
