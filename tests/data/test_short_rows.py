from __future__ import annotations

import gzip

import pytest

from labelfeed.data.short_rows import short_rows
from labelfeed.data.table import load_table


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("x;y;z\n1;a;b\n2;b;b\n3", ("data row 3 has 1 of 3 cells",)),
        ("x,y,z\n\n1,a,b\n\n2,b\n3,a,b\n", ("data row 2 has 2 of 3 cells",)),
        ("x,y,z\n1,a,\n2\n3,a\n", ("2 rows have fewer cells than the header (3), data row 2 for",)),
        ("x,y,z\n1,a,\n2,,\n", ()),
        ('x,y,z\n1,a,"b\n2"\n2\n', ()),  # a line break inside quotes: rows are not lines
        ('x,y,z\n1,"a,b"\n', ()),
    ],
)
def test_rows_with_too_few_cells(text, notes):
    separator = ";" if ";" in text else ","
    found = short_rows(text.splitlines(keepends=True), separator, 3)
    assert len(found) == len(notes)
    assert all(line.startswith(note) for line, note in zip(found, notes, strict=True))


def test_a_line_that_was_cut_off_is_told(tmp_path):
    text = "x,y,z\n1,a,2\n2,b,3\n3"
    (tmp_path / "t.csv").write_text(text)
    with gzip.open(tmp_path / "t.csv.gz", "wt") as file:
        file.write(text)
    for name in ("t.csv", "t.csv.gz"):
        data = load_table(tmp_path / name, target="y")
        assert data.notes == (
            "data row 3 has 1 of 3 cells: cut off? The others are taken for missing",
        )
        assert data.labels.tolist() == [0, 1, -1]
