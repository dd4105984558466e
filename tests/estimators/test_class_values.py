"""Labels as scikit-learn's users give them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import DataConversionWarning

from labelfeed.estimators.class_values import (
    classes_of,
    labels_and_spec,
    spec_of_labels,
    value_ids,
)
from labelfeed.estimators.errors import EstimatorError
from labelfeed.labels.spec import LabelSpec


def test_a_table_names_its_labels() -> None:
    table = pd.DataFrame({"cough": [1, 0], "fever": [np.nan, 1]})
    spec, y, values = labels_and_spec(table, None)
    assert spec.names == ("cough", "fever") and y.tolist() == [[1, -1], [0, 1]] and values is None
    assert [c.tolist() for c in classes_of(spec, None)] == [[0, 1], [0, 1]]


def test_classes_are_sorted_and_gaps_unknown() -> None:
    spec, y, values = labels_and_spec(np.array([7, 30, -1, 7]), None)
    assert spec.names == ("7", "30") and y.tolist() == [[1, 0], [0, 1], [-1, -1], [1, 0]]
    assert values is not None and values.tolist() == [7, 30]
    assert labels_and_spec([1, 0], LabelSpec.single(3))[1].tolist() == [[0, 1, 0], [1, 0, 0]]
    nullable = pd.Series([2, None, 1], dtype="Int64")
    assert labels_and_spec(nullable, None, np.nan)[1].tolist() == [[0, 1], [-1, -1], [1, 0]]
    assert labels_and_spec([None, "b", "a", float("nan")], None)[1].tolist()[0] == [-1, -1]


def test_minus_one_is_a_class_unless_it_is_said() -> None:
    assert spec_of_labels(np.array([-1, 1]), np.nan)[0].names == ("-1", "1")
    with pytest.warns(UserWarning, match="missing_label=-1"):
        assert spec_of_labels(np.array([-1, 0, 1]), np.nan)[0].num_classes == 3
    assert spec_of_labels(np.array([-1, 0, 1]), -1)[0].names == ("0", "1")
    assert value_ids([0, -1], np.array([-1, 0]), np.nan).tolist() == [1, 0]


def test_a_matrix_of_one_column_is_a_vector() -> None:
    with pytest.warns(DataConversionWarning, match="ravel"):
        assert spec_of_labels([[1], [0]], np.nan)[0].kind == "single"


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (None, "requires y to be passed"),
        ([0.5, 1.5, 2.25], "continuous"),
        ([1, 1], "two classes, got 1 class of 2 rows"),
        (np.zeros((2, 2, 2)), r"got shape \(2, 2, 2\)"),
    ],
)
def test_what_are_no_classes_is_refused(y, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        spec_of_labels(y, np.nan)


def test_a_class_that_training_did_not_have_is_refused() -> None:
    with pytest.raises(EstimatorError, match=r"Row 1: got 'c'; expected one of \['a', 'b'\]"):
        value_ids(["a", "c"], np.array(["a", "b"]), None)
