"""What new rows hold that training did not: always named, never a quiet unknown column."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.data.table import load_table
from labelfeed.data.unseen import absent_labels, check_known, meant, unseen_notes
from labelfeed.labels.spec import LabelSpec

TRAIN = pd.DataFrame({"sex": ["Male", "Female"] * 6, "age": np.arange(12.0) ** 2})


def test_a_column_spelt_otherwise_is_refused_even_in_one_row():
    fitted = Preprocessor.fit(TRAIN)
    for rows in (["male"], ["MALE", None, "female"]):
        new = pd.DataFrame({"sex": rows, "age": 1.0}, index=range(1, len(rows) + 1))
        with pytest.raises(DataError, match=r"row 1, .*'sex': got '(?i:male)'; .*mean 'Male'") as e:
            fitted.transform(new)
        assert (e.value.row, e.value.column) == (1, "sex")


def test_spaces_are_no_difference():
    fitted = Preprocessor.fit(TRAIN)
    given = pd.DataFrame({"sex": [" Male", "Female "], "age": 1.0})
    assert fitted.transform(given)[:, :2].tolist() == [[0, 1], [1, 0]]


def test_a_long_column_without_one_known_value_is_refused():
    fitted = Preprocessor.fit(TRAIN)
    other = pd.DataFrame({"sex": [1, 2] * 5, "age": 1.0}, index=range(1, 11))  # numbers by now
    with pytest.raises(DataError, match="row 1, column 'sex': got '1'; expected a value of train"):
        fitted.transform(other)
    few = fitted.transform(other.head(9))
    assert few[:, :2].tolist() == [[0, 0]] * 9
    other["sex"] = ["x"] * 9 + ["Male"]
    assert fitted.transform(other)[9, :2].tolist() == [0, 1]


def test_missing_cells_are_no_unseen_values():
    check_known([None] * 20, ("a", "b"), "c", None)
    with pytest.raises(DataError, match="row 2, column 'c': got 'A'"):
        check_known([None, "A"], ("a", "b"), "c", None)


def test_a_line_names_values_and_what_they_may_be():
    rows = pd.DataFrame({"sex": ["Male", "male", "X", "X", None], "age": ["", "NA", None, "?", ""]})
    first, second = unseen_notes({"sex": ("Female", "Male"), "age": None, "gone": None}, rows)
    assert first == (
        "column 'sex': 3 of 5 rows hold a value unseen in training: 'X', 'male' (did you mean "
        "'Male'?)"
    )
    assert second == "column 'age' is empty in every row: taken as missing"
    assert unseen_notes({"sex": ("Male",), "age": None}, pd.DataFrame({"age": [1.0, None]})) == ()
    assert meant("abcdefg", ["x"]) == "'a', 'b', 'c', 'd', 'e', ..."


def test_columns_that_are_missing_have_a_near_name():
    fitted = Preprocessor.fit(TRAIN.assign(height=np.arange(12) % 5))
    new = pd.DataFrame({"Sex": ["Male"], "Age": [1], "height": [2]})
    with pytest.raises(DataError, match=r"2 columns .*: 'sex' \(did you mean 'Sex'\?\), 'age' \(d"):
        fitted.transform(new)
    with pytest.raises(DataError, match=r"'age' is missing; the run needs it. Did you mean 'Age'"):
        fitted.transform(new.rename(columns={"Sex": "sex"}))


def test_label_and_side_columns_that_were_renamed(tmp_path):
    spec = LabelSpec.multi(["cough", "fever"])
    scanner = LabelSpec.single(["A", "B"], name="scanner")
    file = tmp_path / "t.csv"
    file.write_text("cough,Fever,Scanner,x\n1,0,A,1\n0,1,B,2\n")
    notes = load_table(file, spec=spec, sides=[scanner]).notes
    assert "there is no label column 'fever': unknown in every row (did you mean 'Fever'?)" in notes
    side = "there is no side column 'scanner': unknown in every row (did you mean 'Scanner'?)"
    assert side in notes
    file.write_text("scanner,x\na,1\nB,2\n")
    notes = load_table(file, spec=spec, sides=[scanner]).notes  # no label at all: nothing is said
    assert notes == (
        "side column 'scanner': 1 of 2 rows hold a value unseen in training ('a' (did you mean "
        "'A'?)): unknown",
    )
    assert absent_labels(["a"], ["b"]) == absent_labels(["a"], ["a"]) == ()
