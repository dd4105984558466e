"""The first sheet of an Excel file (.xlsx), read by pandas, its size found out before."""

from __future__ import annotations

import re
import warnings
import zipfile
from pathlib import Path
from typing import IO

import pandas as pd

from labelfeed.data.dataset import DataError
from labelfeed.data.unpacked import check_bytes

__all__ = ["read_excel"]

_BLOCK = 1 << 20
_CELL = re.compile(rb"<(?:\w+:)?(?:c|row)\b[^<>]*?\br\s*=\s*[\"']([A-Z]{0,3})([0-9]{1,7})[\"']")
_LONGEST = 200  # characters of a reference and what stands before it in its tag
_TYPED = ("integer", "floating", "mixed-integer-float", "boolean")


def read_excel(path: Path) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Read the first sheet of a workbook: numbers, true/false and dates as Excel has them.

    Formulas are their last values. Empty cells are missing; no word is.

    Returns:
        The frame, and a note that names the sheet where there are several.

    Raises:
        DataError: openpyxl is not installed, it is no such file, or it would take more memory than
            allowed (`labelfeed.limits`).
    """
    try:
        import openpyxl  # noqa: F401, pandas would say something else
    except ImportError as error:
        raise DataError(
            f"{path}: Excel files need openpyxl: pip install 'labelfeed[excel]', or save it as CSV."
        ) from error
    try:
        _check(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and the like that are not read
            with pd.ExcelFile(path, engine="openpyxl") as book:
                names = [str(name) for name in book.sheet_names]
                cells = book.parse(
                    0, header=None, dtype=object, keep_default_na=False, na_values=[""]
                )
    except DataError:
        raise
    except Exception as error:  # what openpyxl, its XML or a broken zip happen to raise
        reason = (str(error).strip() or type(error).__name__).split("\n")[0]
        raise DataError(f"{path}: cannot be read as Excel file (.xlsx): {reason}") from error
    notes: tuple[str, ...] = ()
    if len(names) > 1:
        shown = ", ".join(map(repr, names[1:6])) + (", ..." if len(names) > 6 else "")
        notes = (f"read the first of {len(names)} sheets, {names[0]!r} (not {shown})",)
    return _framed(cells, path), notes


def _framed(cells: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Return the cells below the first row that is not empty, which names the columns."""
    filled = cells.notna().any(axis=1).to_numpy()
    if not filled.any():
        raise DataError(f"{path}: the first sheet is blank.")
    start = int(filled.argmax())
    header = ["" if pd.isna(name) else str(name).strip() for name in cells.iloc[start]]
    body = cells.iloc[start + 1 :].reset_index(drop=True)
    columns = []
    for place in range(body.shape[1]):
        column = body.iloc[:, place]
        kind = pd.api.types.infer_dtype(column, skipna=True)
        # Text stays what it is: rows may share one long text, which a copy of each would not.
        if kind in ("datetime", "datetime64"):
            column = pd.to_datetime(column)
        columns.append(column.infer_objects() if kind in _TYPED else column)
    named = [p for p, name in enumerate(header) if name or body.iloc[:, p].notna().any()]
    frame = pd.concat([columns[p] for p in named], axis=1) if named else pd.DataFrame()
    frame.columns = pd.Index([header[p] for p in named])
    return frame


def _check(path: Path) -> None:
    """Refuse a workbook whose parts, or whose table as a whole, take more than allowed."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        check_bytes(path, sum(info.file_size for info in parts), text=True)
        for info in parts:
            if re.fullmatch(r"xl/worksheets/[^/]+\.xml", info.filename):
                with archive.open(info) as sheet:
                    rows, columns = _corner(sheet)
                check_bytes(path, 8 * rows * columns)


def _corner(sheet: IO[bytes]) -> tuple[int, int]:
    """Return the last row and the last column that a cell of a sheet names: rows are filled up."""
    rows = columns = 0
    rest = b""
    while block := sheet.read(_BLOCK):
        block = rest + block
        for letters, number in set(_CELL.findall(block)):
            place = 0
            for letter in letters:
                place = 26 * place + letter - 64
            rows, columns = max(rows, int(number)), max(columns, place)
        rest = block[-_LONGEST:]
    return rows, columns
