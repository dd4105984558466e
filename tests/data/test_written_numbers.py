"""Numbers in other spellings: read where that is plain or asked for, else never dropped quietly."""

from __future__ import annotations

import pandas as pd
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.data.table import load_table
from labelfeed.data.written_numbers import plain_numbers
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.spec import LabelSpec


def read(cells: list[str | None], decimal: str | None = None, semicolons: bool = False) -> list:
    frame, notes = plain_numbers(pd.DataFrame({"c": cells}), decimal, semicolons)
    found = [None if cell is None or cell != cell else cell for cell in frame["c"]]
    assert bool(notes) == (found != cells)
    return found


@pytest.mark.parametrize(
    ("cells", "decimal", "semicolons", "expected"),
    [
        (["0,126", "3", "-,5", "NA", None], None, True, ["0.126", "3", "-.5", "NA", None]),
        (["12.573,0", "1.000", "7"], ",", False, ["12573.0", "1000", "7"]),
        (["1 234 567,5", "-3,0"], ",", True, ["1234567.5", "-3.0"]),
        (["12,573.0", "7"], ".", False, ["12573.0", "7"]),
        (["12.6%", "3%", ""], ".", False, ["12.6", "3", ""]),
        (["$12.6", "-$1,000", "$ 3"], ".", True, ["12.6", "-1000", "3"]),
        (["5,5 €", "6 €"], ",", False, ["5.5", "6"]),
    ],
)
def test_written_numbers_become_plain(cells, decimal, semicolons, expected):
    assert read(cells, decimal, semicolons) == expected


@pytest.mark.parametrize(
    ("cells", "decimal", "semicolons"),
    [
        (["0,126"], None, False),  # commas separate cells here: nobody said so
        (["0,126", "a"], None, True),
        (["1.234,5"], None, True),
        (["1", "2"], None, True),
        (["1,5", "2,"], None, True),
        (["1,5", "1-2"], None, True),
        (["1,5", "1,2,3"], None, True),
        (["1,2,3", "2,3,4"], None, True),  # lists of codes
        (["0.5", "1.5"], ",", False),  # plain already
        (["12%", "0.12"], ".", False),  # a hundred times as much?
        (["12,34"], ".", False),
        (["", None, "%"], ".", False),
        ([1.5, "a"], ",", True),
    ],
)
def test_what_is_not_surely_a_number_stays(cells, decimal, semicolons):
    assert read(cells, decimal, semicolons) == cells


def test_another_decimal_mark_is_refused():
    with pytest.raises(DataError, match=r"decimal is ',' or '.', got ';'"):
        plain_numbers(pd.DataFrame({"c": ["1"]}), ";", False)


def test_decimal_commas_of_a_semicolon_file_are_features(tmp_path):
    rows = pd.DataFrame({"dose": [f"{i * 7 % 31},5" for i in range(200)], "y": ["a", "b"] * 100})
    rows.to_csv(tmp_path / "t.csv", index=False, sep=";")
    data = load_table(tmp_path / "t.csv", target="y")
    assert "read with decimal commas: 'dose'" in data.notes
    (column,) = Preprocessor.fit(data.features).columns
    assert column.median == 15.5
    (tmp_path / "new.csv").write_text("dose;y\n7,5;a\n")
    again = load_table(tmp_path / "new.csv", spec=data.spec)
    assert again.features["dose"].tolist() == ["7.5"]


@pytest.mark.parametrize(
    ("cell", "decimal"), [("{},5", ","), ("{}.5%", "."), ("${}.5", "."), ("{},000.5", ".")]
)
def test_a_column_of_numbers_is_not_left_out_in_silence(tmp_path, cell, decimal):
    rows = pd.DataFrame({"dose": [cell.format(i) for i in range(120)], "x": 1.5, "y": [0, 1] * 60})
    rows.to_csv(tmp_path / "t.csv", index=False)
    with pytest.raises(DataError, match=r"'dose' looks like numbers.*got '.*--decimal , for") as e:
        load_table(tmp_path / "t.csv", target="y")
    assert e.value.column == "dose"
    assert load_table(tmp_path / "t.csv", target="y", drop=["dose"]).features.shape == (120, 1)
    data = load_table(tmp_path / "t.csv", target="y", decimal=decimal)
    assert pd.to_numeric(data.features["dose"]).is_monotonic_increasing
    spec = LabelSpec.single(["0", "1"], "y")
    assert len(load_table(tmp_path / "t.csv", spec=spec, decimal=decimal)) == 120


@pytest.mark.parametrize("dtype", ["str", "object", "category"])
def test_odd_cells_among_many_keep_their_places(dtype):
    cells = ["0,5", " 1,5 ", None, "NA", "-,5", "3", "+2,0", "\u0661,5"]
    column = pd.Series(cells, index=range(1, 9), dtype=dtype)
    frame, _ = plain_numbers(pd.DataFrame({"c": column}), None, True)
    assert frame["c"].index.tolist() == list(range(1, 9))
    found = [None if cell != cell else cell for cell in frame["c"]]
    assert found == ["0.5", "1.5", None, "NA", "-.5", "3", "+2.0", "\u0661.5"]
    mixed = pd.Series(["0,5", *["1,5"] * 1000, 7], dtype=object)
    frame, _ = plain_numbers(pd.DataFrame({"c": mixed}), ",", False)
    assert frame["c"].tolist() == ["0.5", *["1.5"] * 1000, "7"]


def test_words_that_are_declared_missing_may_stand_among_them(tmp_path):
    path = tmp_path / "rows.csv"
    dose = [f"{i},5" if i % 4 else "k.A." for i in range(400)]
    pd.DataFrame({"dose": dose, "y": ["a", "b"] * 200}).to_csv(path, sep=";", index=False)
    data = load_table(path, target="y", cells=CellRules(missing="k.a."))
    assert data.features["dose"].isna().sum() == 100
    assert data.features["dose"][2] == "1.5"
    assert "'k.A.' 100 times as unknown" in " ".join(data.notes)
    assert load_table(path, target="y").features["dose"][2] == "1,5"
