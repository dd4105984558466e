from __future__ import annotations

import numpy as np
import pytest

from labelfeed.cli.known_labels import count_known, known_labels, known_numbers, parse_known
from labelfeed.data.dataset import DataError, Dataset, Numbers
from labelfeed.labels.encoding import LabelError
from labelfeed.labels.spec import LabelSpec

SPEC = LabelSpec.columns([LabelSpec.single(["red", "blue"], name="colour"), "fever", "cough"])


def rows(soft: np.ndarray | None = None, names=("colour", "fever", "cough")) -> Dataset:
    labels = np.array([[1, 0, 1, -1], [-1, -1, -1, 0]], np.int32)
    return Dataset("table", np.zeros((2, 1)), labels, SPEC, np.arange(2), "f.csv", names, soft=soft)


def test_columns_and_values() -> None:
    columns, values = parse_known(["colour,fever=0.7", "cough = no"], SPEC)
    assert (columns, values) == (["colour"], {"fever": "0.7", "cough": "no"})
    for known, message in ((["fevr"], "Did you mean 'fever'"), (["fever", "fever=1"], "twice")):
        with pytest.raises(DataError, match=message):
            parse_known(known, SPEC)


def test_hard_labels_stay_ids() -> None:
    known = known_labels(rows(), SPEC, ["colour", "fever"], {"cough": "yes"})
    assert known.dtype == np.int32
    assert known.tolist() == [[1, 0, 1, 1], [-1, -1, -1, 1]]
    assert count_known(known, SPEC) == 4


def test_a_value_may_be_soft() -> None:
    known = known_labels(rows(), SPEC, ["fever"], {"colour": "red:0.75+blue:0.25", "cough": ".5"})
    assert known.tolist() == [[0.75, 0.25, 1.0, 0.5], [0.75, 0.25, -1.0, 0.5]]
    assert count_known(known, SPEC) == 5
    for name, value, message in (
        ("fever", "1.2", "--known fever=1.2: got '1.2'; expected 0, 1, .*a probability"),
        ("colour", "rd:0.5", "--known colour=rd:0.5: got 'rd'.*did you mean 'red'"),
    ):
        with pytest.raises(LabelError, match=message):
            known_labels(rows(), SPEC, [], {name: value})


def test_soft_cells_of_the_file_are_known_as_they_are() -> None:
    soft = np.full((2, 4), np.nan, np.float32)
    soft[1, 2] = 0.6
    known = known_labels(rows(soft), SPEC, ["fever"], {})
    assert known.tolist() == [[-1, -1, 1, -1], [-1, -1, 0.6, -1]]
    assert known_labels(rows(soft), SPEC, ["cough"], {}).dtype == np.int32


def test_a_column_that_the_file_lacks() -> None:
    for names, message in ((("fever",), "no label column 'colour'"), ((), "'colour' to take")):
        with pytest.raises(DataError, match=message):
            known_labels(rows(names=names), SPEC, ["colour"], {})


def test_one_label() -> None:
    pet = LabelSpec.single(["cat", "dog"], name="pet")
    data = Dataset("table", np.zeros((1, 1)), np.array([1]), pet, np.arange(1), "f.csv", ("pet",))
    assert known_labels(data, pet, [], {"pet": "cat"}).tolist() == [0]
    assert count_known(known_labels(data, pet, ["pet"], {}), pet) == 1
    with pytest.raises(LabelError, match=r"--known pet=0\.7"):
        known_labels(data, pet, [], {"pet": "0.7"})


def test_numbers_that_are_known() -> None:
    age = LabelSpec.number([20.0, 30, 40, 70], name="age", ranges=[35])
    spec = LabelSpec.columns([age, "fever"])
    given = {"age": Numbers(np.array([63, np.nan]), (35.0,))}
    data = Dataset("table", np.zeros((2, 1)), spec.encode({"age": [63, None]}), spec, np.arange(2),
                   "f.csv", ("age",), numbers=given)  # fmt: skip
    assert known_labels(data, spec, ["age"], {}).tolist() == [[0, 1, -1], [-1] * 3]
    assert known_labels(data, spec, [], {"age": "12"}).tolist() == [[1, 0, -1]] * 2
    for columns, values, expected in (
        (["age"], {}, [63, np.nan]),
        ([], {"age": "12"}, [12, 12]),
        ([], {"age": ">=35"}, [np.nan, np.nan]),
        ([], {"age": "-1"}, [np.nan, np.nan]),
    ):
        np.testing.assert_array_equal(known_numbers(data, spec, columns, values)["age"], expected)
    assert known_numbers(data, spec, ["fever"], {}) == {}
    with pytest.raises(LabelError, match=r"--known age=old: got 'old'; expected a number"):
        known_labels(data, spec, [], {"age": "old"})
