from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.beside import (
    PicturesAndColumns,
    beside_columns,
    check_beside,
    unused_columns,
)
from labelfeed.data.dataset import DataError
from labelfeed.data.duplicates import find_duplicates
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.labels.cell_rules import CellRules

PIXELS = np.random.default_rng(0).integers(0, 255, (30, 6, 5, 1)).astype(np.uint8)
AGES = pd.DataFrame({"age": [*range(20, 49), None], "view": ["PA", "AP"] * 15})
ROWS = PicturesAndColumns(PIXELS, AGES)


def test_rows_are_taken_from_both():
    part = ROWS[np.array([3, 1])]
    np.testing.assert_array_equal(part.pixels, PIXELS[[3, 1]])
    assert part.table["age"].tolist() == [23, 21]
    assert len(ROWS[5:]) == 25 and np.ndim(ROWS) == 4 and np.shape(ROWS) == (30, 6, 5, 1)


def test_equal_pictures_are_found_whatever_stands_beside_them():
    twice = PicturesAndColumns(np.concatenate([PIXELS, PIXELS[:1]]), pd.concat([AGES, AGES[3:4]]))
    assert find_duplicates(twice).rows == 2


def test_a_row_is_the_pixels_and_then_the_columns():
    fitted = Preprocessor.fit(ROWS)
    assert fitted.outputs[:2] == ("age", "age missing")
    assert fitted.design == ((6, 5, 1), len(fitted.outputs))
    assert fitted.shape == (30 + len(fitted.outputs),)
    x = fitted.transform(ROWS)
    np.testing.assert_allclose(fitted.pictures(x), PIXELS / 255, atol=1e-6)
    np.testing.assert_array_equal(x[:, 30:], Preprocessor.fit(AGES).transform(AGES))
    again = Preprocessor.from_json(fitted.to_json())
    assert again == fitted
    with pytest.raises(DataError, match="reads columns beside each picture"):
        again.transform(PIXELS)
    new = PicturesAndColumns(PIXELS[:1], pd.DataFrame({"age": [3.0], "view": ["LL"]}))
    assert "LL" in again.told(new)[0]
    with pytest.raises(DataError, match="broken"):
        Preprocessor.from_json({**fitted.to_json(), "picture": [6, 5, 2]})


def test_cells_become_what_a_table_has(tmp_path):
    given = {"age": ["31", None, "?"], "view": ["PA", None, "AP"], "weight": [70, None, 80.5]}
    path = tmp_path / "t.csv"
    path.write_text("file,age\na,1\n")
    frame, notes = beside_columns(given, ["a", "b", "c"], path, None, CellRules(missing="?"))
    assert frame["weight"].tolist()[::2] == [70, 80.5] and np.isnan(frame["weight"].iloc[1])
    assert frame["age"].isna().tolist() == [False, True, True] and notes == ()
    path.write_text("file;age\na;1,5\n")
    frame, notes = beside_columns({"age": ["1,5", "2,0"]}, ["a", "b"], path, None, CellRules())
    assert frame["age"].astype(float).tolist() == [1.5, 2.0] and "age" in notes[0]


@pytest.mark.parametrize(
    ("beside", "taken", "table", "message"),
    [
        (("age",), (), None, "give the table that holds them"),
        (("age",), ("label", "age"), "t", "'age' cannot be a feature"),
        (("age", "age"), (), "t", "named twice"),
    ],
)
def test_refused(beside, taken, table, message):
    with pytest.raises(DataError, match=message):
        check_beside(beside, taken, table)


def test_what_nothing_reads_is_told():
    assert unused_columns("t.csv", ["file", "y"], ["y", "file"]) == ()
    line = unused_columns("t.csv", ["file", *"abcdefgh"], ["file"])[0]
    assert "not used: a, b, c, d, e, f, ..." in line
