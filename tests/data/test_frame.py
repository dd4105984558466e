from __future__ import annotations

import time

import pandas as pd
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.data.frame import cell_separator, no_header, read_frame


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_found_in_the_header(tmp_path, separator):
    path = tmp_path / "rows.csv"
    path.write_text(f"a{separator}b\n1{separator}2\n")
    assert cell_separator(path) == separator
    assert read_frame(path)[0].to_dict("list") == {"a": ["1"], "b": ["2"]}


def test_files_of_typed_cells_have_none(tmp_path):
    path = tmp_path / "rows.parquet"
    pd.DataFrame({"a": [1, 2], "b": ["x", None]}).to_parquet(path)
    assert cell_separator(path) == ""
    assert read_frame(path)[0]["a"].tolist() == [1, 2]


def test_names_that_are_numbers_may_be_a_row():
    assert "no header" in no_header(pd.Index(["1.5", "-2", "x"]))
    assert no_header(pd.Index(["a", "b", "2"])) == ""


def test_the_suffix_says_what_it_is(tmp_path):
    path = tmp_path / "rows.ods"
    path.write_text("x")
    with pytest.raises(DataError, match=r"expected a file that ends in \.csv, .*\.xlsx"):
        read_frame(path)


@pytest.mark.parametrize("end", ["\r", "\n\r", "\n \r"])
def test_nothing_moves_after_a_blank_line_that_ends_in_cr(tmp_path, end):
    path = tmp_path / "rows.csv"
    path.write_bytes(f'a,b,c\n1,"2\r\n2",3{end}\r,5,6\n7,8,9\n'.encode())
    rows = read_frame(path)[0].fillna("-").to_numpy().tolist()
    assert rows == [["1", "2\r\n2", "3"], ["-", "5", "6"], ["7", "8", "9"]]
    path.write_bytes(b"a,b\r1,2\r3\r\r")
    frame, notes = read_frame(path)
    assert frame.fillna("-").to_numpy().tolist() == [["1", "2"], ["3", "-"]] and len(notes) == 1
    path.write_bytes(b"a,b\r1,2,x\r")
    with pytest.raises(DataError, match=r"data row 1 \(line 2\) has 3 cells"):
        read_frame(path)


def test_a_line_of_a_million_cells_is_refused_at_once(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes(b"a,b,class\n" + b"," * 1_000_000)
    start = time.process_time()
    with pytest.raises(DataError, match=r"data row 1 \(line 2\) has 1000001 cells"):
        read_frame(path)
    assert time.process_time() - start < 5  # pandas takes 15
