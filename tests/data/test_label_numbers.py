"""Label columns of numbers: told from classes, cut by the training rows, known by their number."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.data.label_numbers import fitted_numbers, label_number, number_notes
from labelfeed.data.loading import load_data
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.encoding import LabelError

ROWS = 120
RNG = np.random.default_rng(0)
AGES = RNG.integers(18, 90, ROWS).astype(object)
AGES[:3] = [None, "?", -1]
PAIN = np.array(["none", "mild", "bad"])[np.arange(ROWS) % 3]
FRAME = pd.DataFrame(
    {"x": np.arange(ROWS) % 7, "age": AGES, "fever": np.arange(ROWS) // 3 % 2, "pain": PAIN}
)
HALF = np.arange(ROWS // 2)


@pytest.fixture
def file(tmp_path):
    FRAME.to_csv(tmp_path / "t.csv", index=False)
    return tmp_path / "t.csv"


def is_number(values, name: str = "n", wanted=None, **declared) -> bool:
    return label_number(name, values, wanted, CellRules(**declared), "f.csv") is not None


def test_what_is_a_number_by_itself() -> None:
    assert is_number(np.arange(18, 90)) and is_number(RNG.normal(size=50).round(3))
    assert not is_number(np.arange(26).repeat(3))  # codes: from 0 or 1 on, without a gap
    assert not is_number(np.arange(1, 27)) and not is_number(np.arange(20) + 18)
    assert not is_number(np.arange(100, 200), "patient_id")
    assert not is_number([*range(18, 90), "old"])
    assert is_number(np.arange(26), wanted=5) and not is_number(np.arange(18, 90), wanted=0)
    assert is_number([*range(18, 90), "?", "-9"], missing=-9)
    codes = label_number("n", np.arange(26), None, CellRules(), "f.csv")
    assert number_notes("n", codes, np.arange(26)) == (
        "label 'n': each number is a class; --ranges n=5 if it is a measurement",
    )
    assert number_notes("n", None, np.arange(9)) == ()


def test_columns_of_a_file(file):
    data = load_data(file, target="fever", labels=["age", "pain"])
    fever, age, pain = data.spec.label_columns
    assert (fever.of_classes, age.num_classes, pain.names) == (False, 5, ("bad", "mild", "none"))
    assert age.number.names == age.names and age.ordered and not pain.ordered
    assert "label 'age': -1 in 1 row taken as unknown" in data.notes
    given = data.numbers["age"].values
    assert np.isnan(given[:3]).all() and given[3:].tolist() == [float(a) for a in AGES[3:]]
    assert age.ids(data.labels).tolist() == age.number.ids(given).tolist()
    assert data.take([0, 5]).numbers["age"].values.shape == (2,)
    ordered = load_data(
        file, target="pain", labels=["age"], order={"pain": ["none", "mild", "bad"]}
    )
    assert ordered.spec.label_columns[0].names == ("none", "mild", "bad")
    assert ordered.spec.label_columns[1].number == age.number


def test_training_rows_cut_the_ranges_and_describe_them(file):
    data = load_data(file, target="fever", labels=["age"])
    cut, lines = fitted_numbers(data, HALF)
    number = cut.spec.label_columns[1].number
    given = data.numbers["age"].values
    own = given[HALF][3:]
    assert number.edges == tuple(np.quantile(own, np.arange(1, 5) / 5, method="higher"))
    assert number.edges != data.spec.label_columns[1].number.edges
    assert np.dot(number.means, np.bincount(number.ids(own))) == pytest.approx(own.sum())
    assert cut.spec.label_columns[1].ids(cut.labels).tolist() == number.ids(given).tolist()
    assert (cut.labels[:, 0] == data.labels[:, 0]).all()
    assert lines[0].startswith("label 'age': a number, learned as the ranges <")
    assert "(--ranges age=0: a class for each number)" in lines[0]
    with pytest.raises(DataError, match="among the training rows 'age' has no two different"):
        fitted_numbers(data, np.array([5]))


def test_ranges_said_by_the_user(file):
    data = load_data(file, target="fever", labels=["age"], side_ranges={"age": (40, 200)})
    assert fitted_numbers(data, HALF)[0].spec.label_columns[1].names == (
        "<40", "40 to <200", ">=200",
    )  # fmt: skip
    assert load_data(file, target="age", side_ranges={"age": 3}).spec.num_classes == 3
    with pytest.raises(DataError, match="different values in 117 labelled rows"):
        load_data(file, target="age", side_ranges={"age": 0}, cells=CellRules(missing=-1))
    with pytest.raises(DataError, match=r"column 'pain': got '(none|mild)'; expected a number"):
        load_data(file, target="fever", labels=["pain"], side_ranges={"pain": 3})
    with pytest.raises(DataError, match="no label and no side column: 'x'"):
        load_data(file, target="fever", side_ranges={"x": 3})


def test_a_run_reads_numbers_by_its_ranges(file, tmp_path):
    spec = fitted_numbers(load_data(file, target="fever", labels=["age"]), HALF)[0].spec
    again = load_data(file, spec=spec)
    assert again.spec == spec and not any("-1" in note for note in again.notes)
    assert again.numbers["age"].values[3:].tolist() == [float(a) for a in AGES[3:]]
    FRAME.assign(age=["old", *FRAME["age"][1:]]).to_csv(tmp_path / "odd.csv", index=False)
    with pytest.raises(LabelError, match=r"Row 1, column 'age': got 'old'; expected a number"):
        load_data(tmp_path / "odd.csv", spec=spec)


def test_weights_and_soft_targets_keep_their_labels(tmp_path):
    frame = FRAME.assign(w=np.arange(ROWS) % 2 + 1.0, fever=["-1", *FRAME["fever"][1:]])
    frame.loc[5, "w"] = 0
    frame.to_csv(tmp_path / "t.csv", index=False)
    data = load_data(
        tmp_path / "t.csv",
        target="age",
        labels=["fever"],
        side_ranges={"age": (40, 200)},
        weights=["age=w"],
        cells=CellRules(uncertain="soft=0.6"),
    )
    cut, _ = fitted_numbers(dataclasses.replace(data), HALF)
    assert cut.weights.shape == cut.labels.shape == cut.soft.shape == (ROWS, 4)
    assert cut.soft[0, 3] == np.float32(0.6) and np.isnan(cut.soft[:, :3]).all()
    assert cut.weights[4].tolist() == [1, 1, 1, 1] and cut.weights[7].tolist() == [2, 2, 2, 1]
    assert (cut.labels[5, :3] == -1).all()  # of weight 0
