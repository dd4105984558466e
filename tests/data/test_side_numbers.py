"""Side columns of numbers: ranges, cut by the training rows, not a class for each number."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.data.loading import load_data
from labelfeed.data.side_numbers import number_spec, numbers_of, split_ranges
from labelfeed.data.sides import prepare_sides, read_sides
from labelfeed.labels.spec import LabelSpec

ROWS = 120
AGES = np.random.default_rng(0).integers(18, 90, ROWS).astype(object)
AGES[:3] = [None, "?", -1]
HALF = np.arange(ROWS // 2)


@pytest.fixture
def file(tmp_path):
    frame = pd.DataFrame({"x": np.arange(ROWS) % 7, "age": AGES, "y": np.arange(ROWS) // 3 % 2})
    frame.to_csv(tmp_path / "t.csv", index=False)
    return tmp_path / "t.csv"


def test_age_is_a_number_with_unknown_ages(file):
    data = load_data(file, target="y", sides=["age"])
    (spec,) = data.sides.specs
    assert spec.num_classes == 5
    assert len(spec.edges) == 4
    assert data.sides.ids[:3, 0].tolist() == [-1, -1, -1]
    assert "side column 'age': -1 in 1 rows taken as unknown" in data.notes
    counts = np.bincount(data.sides.ids[3:, 0])
    assert counts.min() > 15
    assert data.take([0, 5]).sides.numbers["age"].shape == (2,)


def test_training_rows_cut_the_ranges(file):
    data = load_data(file, target="y", sides=["age"])
    cut, notes = prepare_sides(data, HALF)
    (spec,) = cut.sides.specs
    numbers = data.sides.numbers["age"]
    assert spec.edges == tuple(np.quantile(numbers[HALF][3:], np.arange(1, 5) / 5, method="higher"))
    assert spec.edges != data.sides.specs[0].edges
    assert cut.sides.ids[:, 0].tolist() == spec.encode(numbers).tolist()
    assert f"side column 'age': numbers in ranges <{spec.edges[0]:g}, " in notes[0]
    assert notes[0].endswith("(--ranges age=0: a class for each)")


def test_a_saved_run_reads_numbers_by_its_ranges():
    age = LabelSpec.ranges([40, 65], "age")
    columns = {"age": ["12", "40", "", "old", "65.0", "-1", "500"]}
    found, notes = read_sides(columns, [age], 7)
    assert found.specs == (age,)
    assert found.ids[:, 0].tolist() == [0, 1, -1, -1, 2, -1, 2]
    assert notes == ("side column 'age': 1 of 7 rows hold no number ('old'): unknown",)
    assert read_sides({}, [age], 7)[0].ids.tolist() == [[-1]] * 7


def test_ranges_of_the_users(file):
    data = load_data(file, target="y", sides=["age"], side_ranges={"age": (18, 65, 120)})
    assert data.sides.specs[0].names == ("<18", "18 to <65", "65 to <120", ">=120")
    cut, _ = prepare_sides(data, HALF)  # nobody below 18 or above 120: those ends join
    assert cut.sides.specs[0].names == ("<65", ">=65")
    assert cut.sides.ids[:, 0].tolist() == [max(i - 1, -1) for i in data.sides.ids[:, 0]]
    assert load_data(file, target="y", sides=["age"], side_ranges={"age": 3}).sides.specs[0].names
    by_value = load_data(file, target="y", sides=["age"], side_ranges={"age": 0}).sides.specs[0]
    assert not by_value.edges and by_value.num_classes > 20
    with pytest.raises(DataError, match="no label and no side column: 'x'"):
        load_data(file, target="y", sides=["age"], side_ranges={"x": 3})


@pytest.mark.parametrize(
    ("values", "name", "number"),
    [
        (np.arange(40), "age", True),
        (np.arange(40) % 20, "age", False),  # few: classes
        (np.arange(40) % 12 / 2, "dose", True),
        (np.arange(40) % 10 / 2, "dose", False),
        (np.arange(40), "patient_id", False),  # a name, though written in digits
        ([*range(40), "x"], "age", False),
    ],
)
def test_what_is_taken_for_a_number(values, name, number):
    assert (number_spec(np.array(values, dtype=object), name, None) is not None) == number


def test_what_can_have_no_ranges():
    with pytest.raises(DataError, match=r"Data row 2, column 'site': got 'B'; expected numbers"):
        number_spec(["1", "B"], "site", 3)
    with pytest.raises(DataError, match="no two different numbers"):
        number_spec([1, 1], "site", 3)
    for text in ("age", "age=", "=3", "age=1", "age=-2", "age=5,3", "age=old"):
        with pytest.raises(DataError, match="expected COL=N"):
            split_ranges([text])
    with pytest.raises(DataError, match="names 'a' twice"):
        split_ranges(["a=3", "a=4"])


def test_minus_one_among_negative_numbers():
    assert numbers_of([-1, 3])[0].tolist()[1:] == [3]
    assert np.isnan(numbers_of([-1, 3])[0][0])
    assert numbers_of([-1, -3])[0].tolist() == [-1, -3]
    assert numbers_of([-1, 3], minus_one=True)[0].tolist() == [-1, 3]


def test_an_identifier_is_no_side_label():
    names = [f"p{i}" for i in range(60)]
    with pytest.raises(DataError, match=r"'patient' has 60 different values in 60 rows .*Leave it"):
        read_sides({"patient": names}, ["patient"], 60)
    assert read_sides({"ward": names[:20] * 3}, ["ward"], 60)[0].specs
