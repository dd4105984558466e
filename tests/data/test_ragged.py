from __future__ import annotations

import pandas as pd
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.data.frame import read_frame
from labelfeed.data.ragged import blank_rows, broken_row
from labelfeed.data.table import load_table


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n1,2,3\n", r"data row 2 \(line 3\) has 3 cells, the header 2 names: .*','"),
        ("a,b\n1,2\n\n1,2,3,4\n", r"data row 2 \(line 4\) has 4 cells"),  # the blank line is none
        ('a,b\n"x\ny",2\n1,2,3\n', r"data row 2 \(line 4\) has 3 cells"),
        ("a;b\n1;2\n1;2;3\n", "needs double quotes"),
        ('a,b\n1,2\n1,"x\n3,4\n5,6\n', r"data row 2 \(line 3\) opens a double quote that nothing"),
        ("\n \n\n", "the file is blank: no line holds anything"),
        ("\ufeff\n", "the file is blank"),
    ],
)
def test_what_is_wrong_is_told_by_row(tmp_path, text, message):
    path = tmp_path / "rows.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=message):
        read_frame(path)


def test_a_separator_at_the_ends_of_lines_is_no_cell(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("a,b\n1,2,\n3,4,\n")
    assert read_frame(path)[0].to_numpy().tolist() == [["1", "2"], ["3", "4"]]
    assert broken_row(["a,b", "1,2,", "3,4"], ",", 2) is not None  # where pandas refuses it
    assert broken_row(["a,b", "1,2,", "3,4,5"], ",", 2).startswith("data row 2 ")
    assert broken_row(["a,b", "1,2"], ",", 2) is None


def test_blank_rows_are_told(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("a,b,y\n1,2,x\n,,\n3,4,z\n,,\n,5,x\n")
    notes = load_table(path, target="y").notes
    assert notes[0].startswith("2 rows are blank (the first is data row 2)")
    assert blank_rows(pd.DataFrame({"a": ["1", None]})) == (
        "data row 2 is blank: nothing stands in any of its cells",
    )
