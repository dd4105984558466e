"""Table files into frames of raw cells: CSV, Parquet and Excel."""

from __future__ import annotations

import csv
import warnings
import zlib
from pathlib import Path

import pandas as pd

from labelfeed.data.dataset import DataError
from labelfeed.data.excel import read_excel
from labelfeed.data.files import TABLE_SUFFIXES
from labelfeed.data.ragged import blank_rows, broken_row
from labelfeed.data.regular_csv import regular_cells
from labelfeed.data.short_rows import short_rows
from labelfeed.data.text_encoding import encoding_of, opened, undecodable
from labelfeed.data.unpacked import check_gzip, check_parquet, check_width

__all__ = ["cell_separator", "csv_header", "no_header", "read_frame"]

_TYPED = (".parquet", ".pq", ".xlsx")
_WIDER = 10_000  # cells more than the header has names


def read_frame(
    path: str | Path, encoding: str | None = None
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Read a table as it stands: cells of a CSV stay text, empty ones are NaN.

    Whether words such as `NA` mean missing is for the reader of a column to say
    (`labelfeed.labels.words`). The separator of a CSV is the comma; semicolon and tab are
    recognised in the header. Text is UTF-8, or what a byte order mark at its start says.

    Args:
        path: File that ends in `.csv`, `.tsv`, `.parquet`, `.pq` or `.xlsx` (its first sheet; needs
            openpyxl); `.csv.gz` works too.
        encoding: Encoding of the text of a CSV, such as `"latin-1"`; see `encoding_of`.

    Returns:
        The frame, and notes (a column without a name is left out, a row is cut off or blank).

    Raises:
        DataError: The file is not there, empty, has no rows, is broken, or names a column twice.
    """
    path = Path(path)
    name = path.name.lower().removesuffix(".gz")
    if not name.endswith(TABLE_SUFFIXES):
        raise DataError(f"{path}: expected a file that ends in {', '.join(TABLE_SUFFIXES)}.")
    if not path.is_file():
        raise DataError(f"{path}: no such file.")
    if path.stat().st_size == 0:
        raise DataError(f"{path}: the file is empty.")
    told: tuple[str, ...] = ()
    if name.endswith(".xlsx"):
        frame, told = read_excel(path)
        _check_header(list(frame.columns), path)
    elif name.endswith(_TYPED):
        frame = _read_parquet(path)
    else:
        frame, told = _read_csv(path, encoding)
    if len(frame) == 0:
        raise DataError(f"{path}: there is a header but no data row below it.")
    nameless = [c for c in frame.columns if not c.strip()]
    notes = [f"{len(nameless)} column(s) without a name left out"] if nameless else []
    notes += told + blank_rows(frame)
    frame = frame[[c for c in frame.columns if c.strip()]]
    if frame.columns.duplicated().any():
        twice = frame.columns[frame.columns.duplicated()][0]
        hint = no_header(frame.columns)
        raise DataError(f"{path}: the column name {twice!r} stands in the header twice.{hint}")
    return frame, tuple(notes)


def no_header(names: pd.Index) -> str:
    """Return a hint when most column names are numbers."""
    numbers = sum(name.strip("'\"").lstrip("+-").replace(".", "", 1).isdigit() for name in names)
    return " The file seems to have no header line." if numbers > len(names) / 2 else ""


def cell_separator(path: str | Path, encoding: str | None = None) -> str:
    """Return what separates the cells of a CSV; nothing for other files."""
    return _separator(path, encoding)[0]


def csv_header(path: Path, encoding: str | None = None) -> list[str]:
    """Return the cells of the first line of a CSV that is not blank.

    Raises:
        DataError: There is no such line, or it holds numbers only: a row.
    """
    separator, header = _separator(path, encoding)
    if not header:
        raise DataError(f"{path}: the file is blank: no line holds anything.")
    names = next(csv.reader([header], delimiter=separator))
    _check_header(names, path)
    return names


def _separator(path: str | Path, encoding: str | None = None) -> tuple[str, str]:
    """Return what separates the cells of a CSV, and its header; nothing for other files."""
    path = Path(path)
    if path.name.lower().endswith(_TYPED):
        return "", ""
    with opened(path, encoding_of(path, encoding)[0]) as file:
        header = next((line for line in file if line.strip()), "")
    return max(",;\t", key=lambda s: (header.count(s), s == ",")), header


def _check_header(names: list[str], path: Path) -> None:
    """Refuse a first line of numbers: it is a row, which would be lost as column names."""
    try:
        numbers = [float(name) for name in names]
    except ValueError:
        return
    counted = all(n.is_integer() for n in numbers) and numbers == sorted(set(numbers))
    if len(numbers) > 1 and not counted:
        shown = ", ".join(names[:4]) + (", ..." if len(names) > 4 else "")
        raise DataError(
            f"{path}: the first line holds numbers only ({shown}): a row, and no names of columns. "
            "Put a line with names above it."
        )


def _read_csv(path: Path, encoding: str | None = None) -> tuple[pd.DataFrame, tuple[str, ...]]:
    reading = "utf-8-sig"
    try:
        if path.suffix.lower() == ".gz":
            check_gzip(path)
        reading, told = encoding_of(path, encoding)
        separator, names = cell_separator(path, encoding), csv_header(path, encoding)
        check_width(path, len(names))
        frame = regular_cells(path, separator, names) if reading == "utf-8-sig" else None
        if frame is None:
            frame = _irregular_cells(path, separator, names, reading)
            if frame.shape[1] and frame.iloc[:, -1].isna().any():
                with opened(path, reading) as file:
                    told += short_rows(file, separator, len(names))
    except UnicodeError as error:
        raise undecodable(path, reading) from error
    except (
        pd.errors.ParserWarning, pd.errors.ParserError, pd.errors.EmptyDataError, csv.Error,
        OSError, EOFError, zlib.error,
    ) as error:  # fmt: skip
        raise DataError(f"{path}: cannot be read as CSV: {str(error).strip()}") from error
    if len(names) == frame.shape[1]:  # pandas renames a name that stands there twice
        frame.columns = pd.Index([n.strip() for n in names])
    return frame, told


def _irregular_cells(path: Path, separator: str, names: list[str], encoding: str) -> pd.DataFrame:
    old_mac = wide = False
    with opened(path, encoding) as file:
        for line in file:
            old_mac = old_mac or line.endswith("\r")
            wide = wide or line.count(separator) > len(names) + _WIDER
    if old_mac or wide:  # pandas takes a minute for a line of a million cells
        with opened(path, encoding) as file:
            what = broken_row(file, separator, len(names))
        if what is not None:
            raise DataError(f"{path}: {what}.")
    if old_mac:
        return _old_mac_cells(path, separator, names, encoding)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            return pd.read_csv(
                path, sep=separator, dtype=str, index_col=False, encoding=encoding,
                keep_default_na=False, na_values=[""],
            )  # fmt: skip
    except (pd.errors.ParserError, pd.errors.ParserWarning):
        with opened(path, encoding) as file:
            what = broken_row(file, separator, len(names))
        if what is None:
            raise
        raise DataError(f"{path}: {what}.") from None


def _old_mac_cells(path: Path, separator: str, names: list[str], encoding: str) -> pd.DataFrame:
    """Read lines that end in a bare CR: after a blank one, pandas moves cells to the left."""
    with opened(path, encoding) as file:
        lines = csv.reader(file, delimiter=separator)
        rows = [row for row in lines if len(row) > 1 or any(cell.strip() for cell in row)][1:]
    full = [[*row, *[""] * (len(names) - len(row))][: len(names)] for row in rows]
    frame = pd.DataFrame(full, columns=range(len(names)), dtype=str)
    return frame.where(frame != "")


def _read_parquet(path: Path) -> pd.DataFrame:
    try:
        check_parquet(path)
        frame = pd.read_parquet(path)
    except DataError:
        raise
    except (OSError, ValueError, KeyError, TypeError, NotImplementedError) as error:
        reason = str(error).strip().split("\n")[0]
        raise DataError(f"{path}: cannot be read as Parquet: {reason}") from error
    frame.columns = pd.Index([str(c) for c in frame.columns])
    return frame.reset_index(drop=True)
