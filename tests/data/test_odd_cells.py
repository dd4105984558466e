"""Cells that look like something else than what they are read as."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.data.odd_cells import cell_notes, feature_notes
from labelfeed.data.table import load_table


def noted(values: object) -> str | None:
    return feature_notes(pd.DataFrame({"c": values})).get("c")


def test_combinations_in_a_target_are_told():
    texts = np.resize(np.array(["A", "B", "A|B", "C", "A|C", "B|C", "A|B|C", None]), 500)
    (note,) = cell_notes("found", texts, "target")
    assert note.startswith("target 'found': 57% of the cells hold '|', such as 'A|B'")
    assert "each of the 7 combinations of 3 words is a class" in note


@pytest.mark.parametrize(
    "texts",
    [
        ["Smith, John", "Doe, Jane", "Roe, Ann"],  # no part comes back
        ["a", "b", None],
        ["n/a yet", "b"] * 3 + ["x|"] * 3,
        ["A"] * 99 + ["A|B"],  # one in a hundred: a mistake, or a name
    ],
)
def test_separators_that_are_none(texts):
    assert cell_notes("t", texts, "target") == ()


def test_classes_in_other_case_are_told():
    texts = ["Sick", "sick", "Well", "well", " well", "odd"]
    (note,) = cell_notes("state", texts, "label")
    assert "'Sick' and 'sick', ' well' and 'Well' and 'well' differ only in case or spaces" in note
    many = [f"{c}{i}" for i in range(5) for c in "aA"]
    assert ", and 2 more differ" in cell_notes("t", many, "target")[0]
    assert noted(["Male", "male", "F"] * 5).endswith("'Male' and 'male' differ only in case or "
                                                     "spaces: categories of their own")  # fmt: skip
    assert noted(["Yes", "yes", "No"] * 5) is None  # read as yes and no


@pytest.mark.parametrize(
    ("values", "note"),
    [
        ([20200101, 20191231], "looks like dates (20200101), but is read as a number"),
        (["20200101", None, "20191231"], "looks like dates (20200101), but is read as a number"),
        ([20200101, 20191331], None),  # no month 13
        ([20200101.5, 20191231.0], None),
        ([20200101, 7], None),
        (["2020-01-31", "2021-02-01"], "looks like dates ('2020-01-31'), but is read as words"),
        (["31.01.2020", "?", "1.2.2021"], "looks like dates ('31.01.2020')"),
        (["2020-01-31T10:00:00Z"], "looks like dates"),
        (["31 Jan 2020", "2 February 2021"], "looks like dates"),
        (["1-2", "3-4"], None),
        ([f"{i},5" for i in [*range(20)] * 2], "looks like numbers ('0,5'), but is read as words"),
        ([f"{i}.5%" for i in [*range(20)] * 2], "looks like numbers ('0.5%')"),
        ([f"${i},000.5" for i in [*range(1, 20)] * 2], "looks like numbers ('$1,000.5')"),
        ([f"{i} mg" for i in [*range(20)] * 2], "looks like numbers ('0 mg')"),
        ([str(i) for i in [*range(20)] * 2], None),
        ([f"p{i}" for i in [*range(20)] * 2], None),
        ([1.5, 2.5], None),
        ([True, False], None),
        ([None, ""], None),
        ([[1], [2]], None),
        (pd.to_datetime(["2020-01-01", "2020-01-02"]), None),
    ],
)  # fmt: skip
def test_a_feature_looks_like(values, note):
    found = noted(values)
    if note is None:
        assert found is None
    else:
        assert found.startswith("column 'c' ")
        assert note in found


@pytest.mark.parametrize("count", [20, 150])
def test_numbers_that_would_be_left_out_are_refused(count):
    values = [f"{i}.5%" for i in range(count)] * (1 if count == 20 else 2)
    with pytest.raises(DataError, match=r"'c' looks like numbers.*got '0\.5%'.*--drop 'c'"):
        noted(values)


def test_a_table_tells_what_it_holds(tmp_path):
    rows = pd.DataFrame(
        {
            "state": np.resize(np.array(["Sick", "sick", "Well", "well"]), 60),
            "scan": np.resize(np.array(["A", "a", "B"]), 60),
            "day": pd.date_range("2020-01-01", periods=60).strftime("%Y%m%d"),
            "sex": np.resize(np.array(["Male", "male", "F", "F", "F"]), 60),
        }
    )
    rows.to_csv(tmp_path / "t.csv", index=False)
    data = load_table(tmp_path / "t.csv", target="state", sides=["scan"])
    places = ["side column 'scan'", "target 'state'", "column 'day'", "column 'sex'"]
    assert [note.split(":")[0].split(" looks")[0] for note in data.notes] == places
    again = load_table(tmp_path / "t.csv", spec=data.spec, sides=data.sides.specs)
    assert again.notes == ()  # told once, when the run was trained
