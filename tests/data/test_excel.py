from __future__ import annotations

import datetime
import sys
import zipfile

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.data.excel import read_excel
from labelfeed.data.frame import read_frame
from labelfeed.data.loading import load_data
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.limits import limits


@pytest.fixture
def book(tmp_path):
    def write(sheets, **how):
        path = tmp_path / "rows.xlsx"
        with pd.ExcelWriter(path) as writer:
            for name, frame in sheets.items():
                frame.to_excel(writer, sheet_name=name, index=False, **how)
        return path

    return write


def _rows():
    return pd.DataFrame(
        {
            "age": [30, None, 50],
            "dose": [0.5, 1.5, 2.0],
            "seen": [datetime.datetime(2020, 1, 31), None, datetime.datetime(2021, 2, 1)],
            "sex": ["f", "NA", "m"],
            "mixed": [1, "x", None],
            "ok": [True, False, True],
            "y": ["ill", "well", "ill"],
        }
    )


def test_cells_are_what_excel_says(book):
    frame, notes = read_frame(book({"Patients": _rows()}))
    assert notes == ()
    assert frame["age"].tolist()[::2] == [30, 50] and np.isnan(frame["age"][1])
    assert [frame[name].dtype.kind for name in ("age", "dose", "seen", "ok")] == list("ffMb")
    assert frame["sex"].tolist() == ["f", "NA", "m"]  # no word is missing by itself
    assert frame["mixed"].tolist()[:2] == [1, "x"]
    assert pd.isna(frame["seen"][1])


def test_it_is_a_table_like_any_other(book):
    data = load_data(book({"Patients": _rows()}), target="y")
    assert data.spec.names == ("ill", "well")
    outputs = Preprocessor.fit(data.features).outputs
    assert {"age", "seen days", "seen missing", "sex=f"} <= set(outputs)


def test_the_first_sheet_is_read_and_said(book):
    path = book({"A": _rows(), "B": _rows(), "C d": _rows()})
    frame, notes = read_frame(path)
    assert len(frame) == 3
    assert notes == ("read the first of 3 sheets, 'A' (not 'B', 'C d')",)


def test_empty_lines_above_and_columns_beside_the_table(book):
    frame, _ = read_frame(book({"A": _rows()}, startrow=2, startcol=1))
    assert list(frame.columns) == list(_rows().columns)
    assert frame["dose"].tolist() == [0.5, 1.5, 2.0]


def test_what_is_no_table(book, tmp_path):
    with pytest.raises(DataError, match="the first sheet is blank"):
        read_frame(book({"A": pd.DataFrame()}))
    with pytest.raises(DataError, match="no data row below"):
        read_frame(book({"A": _rows().head(0)}))
    with pytest.raises(DataError, match=r"first line holds numbers only \(3, 1\.5\)"):
        read_frame(book({"A": pd.DataFrame([[3, 1.5], [4, 2.5]])}, header=False))
    path = tmp_path / "b.xlsx"
    path.write_bytes(b"PK\3\4 and nothing")
    with pytest.raises(DataError, match="cannot be read as Excel file"):
        read_excel(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", "<nothing")
    with pytest.raises(DataError, match="cannot be read as Excel file"):
        read_excel(path)


def test_without_openpyxl_the_extra_is_named(book, monkeypatch):
    path = book({"A": _rows()})
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(DataError, match=r"pip install 'labelfeed\[excel\]'"):
        read_frame(path)


def test_a_small_file_cannot_fill_the_memory(book, tmp_path):
    path = book({"A": _rows()})
    far = tmp_path / "far.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(far, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith("sheet1.xml"):
                cell = b'<row r="1048576"><c s="1" r="XFD1048576"><v>1</v></c></row></sheetData>'
                content = content.replace(b"</sheetData>", cell)
            target.writestr(name, content)
    with pytest.raises(DataError, match=r"it takes 137\.4 GB, and .* are allowed"):
        read_frame(far)
    with limits(max_bytes=1000), pytest.raises(DataError, match="--max-bytes"):
        read_frame(path)
