"""Rows of files some at a time, as reading them whole gives them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.data.frame import read_frame
from labelfeed.data.frame_chunks import short_row_notes, table_chunks

_TEXT = 'x,y,\n1,"a, b",u\n,NA,u\n3.50,"c\nd",u\n4,e,u\n5,f,u\n'


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz", "t.parquet"])
def test_chunks_together_are_the_table(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    if name.endswith(".parquet"):
        rows = pd.DataFrame({"x": [1, None, 3, 4, 5], "y": list("abcde")}, index=range(7, 12))
        rows.to_parquet(file, row_group_size=3)
    else:
        data = _TEXT.encode()
        file.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    chunks = list(table_chunks(file, rows=2))
    whole = pd.concat([chunk.frame for chunk in chunks], ignore_index=True)
    pd.testing.assert_frame_equal(whole, read_frame(file)[0], check_dtype=False)
    assert [chunk.row_numbers.tolist() for chunk in chunks] == [[1, 2], [3, 4], [5]]


def test_files_follow_each_other_and_rows_are_counted_through(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n1,a\n2,b\n")
    (tmp_path / "b.csv").write_text("y,x\nc,3\n")
    chunks = list(table_chunks(tmp_path))
    assert list(chunks[1].frame.columns) == ["x", "y"] and chunks[1].row_numbers.tolist() == [3]
    assert chunks[1].place(1) == (tmp_path / "b.csv", 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x,z\n1,a\n", r"b\.csv: its columns are not those of .*a\.csv"),
        ("x;y\n1;a\n", "';' separates its cells"),
        ("x,y\n1,a\n2,b,c\n", r"b\.csv: .*line 3"),
        ("x,y\n", "a header but no data row"),
        ("x,y\r1,a\r2,b\r", "lines end as on an old Mac"),
        ("x,x\n1,a\n", "'x' stands in the header twice"),
        (b"x,y\n1,\xe9\n", r"b\.csv: it is not UTF-8|b\.csv: .*--encoding"),
        (gzip.compress(b"x,y\n1,a\n")[:-9], r"b\.csv\.gz: cannot be read as CSV: Compressed file"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, text: str | bytes, message: str) -> None:
    (tmp_path / "a.csv").write_text("x,y\n1,a\n2,b\n")
    content = text if isinstance(text, bytes) else text.encode()
    (tmp_path / ("b.csv.gz" if content.startswith(b"\x1f\x8b") else "b.csv")).write_bytes(content)
    with pytest.raises(DataError, match=message):
        list(table_chunks(tmp_path))


def test_excel_and_missing_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="only CSV and Parquet"):
        list(table_chunks(tmp_path / "a.xlsx"))
    with pytest.raises(DataError, match="no such file"):
        list(table_chunks(tmp_path / "a.csv"))


def test_rows_that_are_cut_off_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y,z\n1,a,b\n2\n")
    assert "a.csv: " in short_row_notes(tmp_path)[0]


def test_a_first_file_without_rows_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n")
    with pytest.raises(DataError, match=r"a\.csv: there is a header but no data row"):
        list(table_chunks(tmp_path / "a.csv"))
