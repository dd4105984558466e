from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.labels.columns import (
    LabelColumn,
    encode_columns,
    first_places,
    other_classes,
    same_column,
    state_of,
    with_state,
)
from labelfeed.labels.encoding import LabelError
from labelfeed.labels.spec import LabelSpec

DIGIT = LabelSpec.single(3, name="digit")
COLOUR = LabelSpec.single(["red", "green", "blue"], name="colour")
SPEC = LabelSpec.columns(["cough", COLOUR, "fever"])
RED, GREEN, NOTHING = [1, 0, 0], [0, 1, 0], [-1, -1, -1]


def test_a_column_reads_and_writes_its_labels() -> None:
    cough, colour, _ = SPEC.label_columns
    assert (cough.of_classes, cough.places, cough.num_classes) == (False, (0,), 2)
    assert colour == LabelColumn("colour", ("red", "green", "blue"), (1, 2, 3))
    assert colour.of_classes and colour.name_of(2) == "blue"
    labels = np.array([[1, *GREEN, -1], [-1, *NOTHING, 0], [0, 0, -1, -1, 1]])
    assert cough.ids(labels).tolist() == [1, -1, 0]
    assert colour.ids(labels).tolist() == [1, -1, -1]  # not red says not which
    assert colour.labels(np.array([1, -1])).tolist() == [GREEN, NOTHING]
    p = np.array([[0.25, 0.5, 0.3, 0.2, 0.9]])
    assert cough.probabilities(p).tolist() == [[0.75, 0.25]]
    assert colour.probabilities(p).tolist() == [[0.5, 0.3, 0.2]]


def test_a_single_label_is_one_column() -> None:
    (column,) = DIGIT.label_columns
    assert (column.name, column.names, column.of_classes) == ("digit", ("0", "1", "2"), True)
    ids = DIGIT.encode([2, None, 0])
    assert column.ids(ids).tolist() == [2, -1, 0]
    assert column.ids(ids).dtype == np.int32
    assert column.ids(column.labels(ids)).tolist() == [2, -1, 0]
    output = np.array([[0.2, 0.5, 0.3], [1.0, 0.0, 0.0]])
    np.testing.assert_array_equal(column.probabilities(output), output)


def test_ids_are_put_where_they_are_read() -> None:
    for spec in (DIGIT, SPEC):
        labels = np.full((3, *spec.shape), -1)
        for column in spec.label_columns:
            ids = np.array([column.num_classes - 1, -1, 0])
            column.put(labels, ids)
            assert column.ids(labels).tolist() == ids.tolist()
    assert labels.tolist() == [[1, 0, 0, 1, 1], [-1] * 5, [0, 1, 0, 0, 0]]


def test_other_classes_differ_in_every_known_column() -> None:
    assert other_classes(DIGIT, np.array([0, 2, -1])).tolist() == [1, 0, -1]
    labels = np.array([[1, *GREEN, -1], [-1, *NOTHING, 0]] * 100)
    got = other_classes(SPEC, labels, np.random.default_rng(0))
    for column in SPEC.label_columns:
        before, after = column.ids(labels), column.ids(got)
        assert ((before == -1) == (after == -1)).all()
        assert (before != after)[before >= 0].all()
        assert len(np.unique(after[before >= 0])) == column.num_classes - 1  # all the others


@pytest.mark.parametrize(
    "values",
    [
        pd.DataFrame({"colour": ["green", None], "cough": ["yes", "no"]}),
        {"colour": [1, -1], "cough": [1, 0]},
        [{"colour": "green", "cough": 1}, {"cough": False}],
        [{"colour=green": 1, "cough": 1}, {"cough": 0}],
        [{"colour=red": 0, "colour=blue": 0, "cough": 1}, {"cough": 0}],
        np.array([["yes", "green", None], ["no", "", "unknown"]], dtype=object),
        np.array([[1, 1, -1], [0, -1, -1]]),
        np.array([[1, 0, 1, 0, -1], [0, -1, -1, -1, -1]]),
        np.array([[1, np.nan, 1, np.nan, np.nan], [0, *[np.nan] * 4]]),
    ],
)
def test_columns_may_be_written_as(values) -> None:
    encoded = encode_columns(SPEC, values, "error", 0)
    assert encoded.tolist() == [[1, *GREEN, -1], [0, *NOTHING, -1]]
    assert encoded.dtype == np.int32


def test_part_of_a_column_may_be_known() -> None:
    assert SPEC.encode([{"colour=red": 0}]).tolist() == [[-1, 0, -1, -1, -1]]


def test_probabilities_are_rounded_to_the_most_probable_class_on_request() -> None:
    soft = [[0.2, 0.3, 0.3, 0.4, 0.7]]
    assert SPEC.encode(soft, soft="nearest").tolist() == [[0, 0, 0, 1, 1]]
    with pytest.raises(LabelError, match="soft='nearest'"):
        SPEC.encode(soft)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([{"cough": 1}, {"colour": "gren"}], "Row 8, column 'colour': got 'gren'.*mean 'green'"),
        ([{"colour": 3}], r"Row 7, column 'colour': got 3; expected an id in 0\.\.2"),
        ([{"color": "red"}], "no label 'color'.*Did you mean 'colour'"),
        ([[0, 1, 1, 0, 0]], "Row 7, column 'colour': got more than one class"),
        ([[0, 0, 0, 0, 0]], "Row 7, column 'colour': got no class at all"),
        ([{"colour": "red", "colour=red": 0}], "column 'colour': got two different values"),
        ([{"fever": "hot"}], "column 'fever': got 'hot'"),
        ([[1, 0]], "shape"),
    ],
)
def test_what_does_not_fit_is_named(values, message) -> None:
    with pytest.raises(LabelError, match=message):
        SPEC.encode(values, first_row=7)


def test_which_labels_are_of_one_column() -> None:
    same = same_column(SPEC)
    assert same.tolist() == np.array(
        [[1, 0, 0, 0, 0], *[[0, 1, 1, 1, 0]] * 3, [0, 0, 0, 0, 1]]
    ).tolist()  # fmt: skip
    assert first_places(SPEC).tolist() == [0, 1, 1, 1, 4]
    assert [state_of(SPEC, place).name for place in range(5)] == ["cough", *["colour"] * 3, "fever"]
    assert same_column(LabelSpec.multi(2)).tolist() == np.eye(2).tolist()


def test_a_label_is_set_with_its_column() -> None:
    labels = np.array([[1, *RED, 0], [1, *GREEN, 0], [1, *NOTHING, 0]])
    present = with_state(SPEC, labels, 1, 1)
    assert present[:, 1:4].tolist() == [RED] * 3
    absent = with_state(SPEC, labels, 1, 0)
    assert absent[:, 1:4].tolist() == [GREEN, GREEN, [0, -1, -1]]
    assert with_state(SPEC, labels, 1, -1)[:, 1:4].tolist() == [NOTHING] * 3
    assert with_state(SPEC, labels, 0, 0)[:, 0].tolist() == [0, 0, 0]
    assert labels[0].tolist() == [1, *RED, 0]


@pytest.mark.parametrize("cell", [{}, {"colour": "red"}, {"red": 1}])
def test_a_dict_is_no_cell_of_a_column_of_classes(cell: object) -> None:
    with pytest.raises(LabelError, match=r"Row 1, column 'colour': got .*one of 'red'") as found:
        SPEC.encode([{"colour": "red"}, {"colour": cell}])
    assert found.value.row == 1
