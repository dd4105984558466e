"""Tables: CSV and Parquet files into raw features and labels."""

from __future__ import annotations

import csv
import dataclasses
import warnings
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from labelfeed.data.dataset import DataError, Dataset, did_you_mean
from labelfeed.data.dates import date_columns, read_dates
from labelfeed.data.excel import read_excel
from labelfeed.data.labelling import as_text, multi_labels, single_labels, spec_columns
from labelfeed.data.looked_at import looked_at
from labelfeed.data.ragged import blank_rows, broken_row
from labelfeed.data.regular_csv import regular_cells
from labelfeed.data.short_rows import short_rows
from labelfeed.data.sides import read_sides, side_names
from labelfeed.data.text_encoding import encoding_of, opened, undecodable
from labelfeed.data.unpacked import check_gzip, check_parquet
from labelfeed.data.unseen import absent_labels
from labelfeed.data.written_numbers import plain_numbers
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec

__all__ = ["TABLE_SUFFIXES", "cell_separator", "load_table", "read_frame"]

TABLE_SUFFIXES = (".csv", ".tsv", ".parquet", ".pq", ".xlsx")
_TYPED = (".parquet", ".pq", ".xlsx")


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
        hint = _no_header(frame.columns)
        raise DataError(f"{path}: the column name {twice!r} stands in the header twice.{hint}")
    return frame, tuple(notes)


def load_table(
    path: str | Path,
    *,
    target: str | None = None,
    labels: Sequence[str] = (),
    spec: LabelSpec | None = None,
    id_column: str | None = None,
    drop: Sequence[str] = (),
    sides: Sequence[str | LabelSpec] = (),
    decimal: str | None = None,
    dates: Sequence[str] = (),
    encoding: str | None = None,
    read_labels: bool = True,
) -> Dataset:
    """Load a CSV, Parquet or Excel table.

    With `target` alone the label is single: one of the classes found in that column. With further
    `labels` all of them must be yes/no, and together they form one multi label
    `[target, *labels]`. With `spec` (of a saved run) the labels are read by that spec, and label
    columns that the file lacks are unknown.

    Args:
        path: CSV, Parquet or Excel file; see `read_frame`.
        target: Name of the target column; needed when there is no `spec`.
        labels: Names of further yes/no label columns.
        spec: Label spec of a saved run.
        id_column: Column that identifies a row, for the row ids; it is no feature.
        drop: Columns that are no features.
        sides: Columns of side labels: known at inference, not the target; they are no features.
            Names, or the specs of a saved run; see `labelfeed.data.sides.read_sides`.
        decimal: How features write numbers, `","` or `"."`; see `plain_numbers`. By default decimal
            commas are read where semicolons separate the cells.
        dates: Features that are dates, `COL` or `COL=HOW`; see `labelfeed.data.dates.read_dates`.
            Columns of dates in Parquet and Excel files are dates anyway.
        encoding: Encoding of a CSV; see `read_frame`.
        read_labels: With `spec`: whether to read the label columns; if not, all are unknown.

    Returns:
        A `Dataset` of kind `"table"`; `features` is a DataFrame of all other columns, raw, indexed
        by data row number from 1.

    Raises:
        DataError: The file cannot be read or has not what was asked for.
        LabelError: A label that does not fit; names row and column.

    Example:
        >>> data = load_table("patients.csv", target="diagnosis")  # doctest: +SKIP
        >>> data.spec.names  # doctest: +SKIP
        ('benign', 'malignant')
    """
    frame, notes = read_frame(path, encoding)
    source = str(path)
    wanted = [target, *labels] if target is not None else []
    absent: tuple[str, ...] = ()
    if spec is not None:
        wanted = [c for c in spec_columns(spec) if c in frame.columns]
        absent = absent_labels(spec_columns(spec), frame.columns) if read_labels else ()
    elif target is None:
        raise DataError(f"{source}: name the target column.{did_you_mean('', frame.columns)}")
    fresh = spec is None
    beside = side_names(sides)
    needed = [s for s in sides if isinstance(s, str)]
    _check_columns(
        frame, [c for c in [*wanted, id_column, *drop, *needed] if c is not None], source
    )
    for name in beside:
        if name in wanted or (spec is not None and name in spec_columns(spec)):
            raise DataError(f"{name!r} cannot be both a side label and the target.")
        if name == id_column or name in drop:
            raise DataError(f"{name!r} cannot be a side label and also the row id or dropped.")
    if len(set(wanted)) != len(wanted):
        twice = next(c for c in wanted if wanted.count(c) > 1)
        raise DataError(f"The label column {twice!r} is named twice.")
    if id_column in wanted:
        raise DataError(f"{id_column!r} cannot be both a label and the row id.")
    ids = np.arange(1, len(frame) + 1) if id_column is None else _ids(frame[id_column], source)
    more: tuple[str, ...] = ()
    several = bool(labels if spec is None else spec.shape)
    if spec is not None and not (wanted and read_labels):
        encoded = np.full((len(frame), *spec.shape), UNKNOWN, np.int32)
    elif several:
        encoded, spec, more = multi_labels({c: frame[c] for c in wanted}, spec, source)
    else:
        encoded, spec = single_labels(frame[wanted[0]], wanted[0], spec, source)
    given = {name: frame[name] for name in beside if name in frame.columns}
    side_labels, told = read_sides(given, sides, len(frame), frame.columns)
    others = {*wanted, *drop, *given, *([id_column] if id_column else [])}
    features = frame.drop(columns=list(others))
    features.index = pd.RangeIndex(1, len(frame) + 1)  # data row numbers, for messages
    if features.shape[1] == 0:
        raise DataError(f"{source}: no feature column is left beside the label.")
    for name in date_columns(frame, dates):
        if name in others:
            raise DataError(f"{source}: {name!r} is no feature, so --dates does not apply to it.")
    features, how = read_dates(features, dates, source, absent=not fresh)
    features, written = plain_numbers(features, decimal, _separator(path, encoding)[0] == ";")
    notes += absent + more + told + written
    if fresh:
        notes += tuple(f"read as dates: {name}" for name in how)
        notes += looked_at(frame, features, encoded, spec)
    data = Dataset("table", features, encoded, spec, ids, source, tuple(wanted), notes, side_labels)
    return dataclasses.replace(data, dates=how)


def _check_columns(frame: pd.DataFrame, names: Sequence[str], source: str) -> None:
    for name in names:
        if name not in frame.columns:
            hint = did_you_mean(name, frame.columns)
            raise DataError(
                f"{source}: there is no column {name!r}.{hint}{_no_header(frame.columns)}"
            )


def _no_header(names: pd.Index) -> str:
    """Return a hint when most column names are numbers."""
    numbers = sum(name.strip("'\"").lstrip("+-").replace(".", "", 1).isdigit() for name in names)
    return " The file seems to have no header line." if numbers > len(names) / 2 else ""


def _ids(column: pd.Series, source: str) -> np.ndarray:
    ids = as_text(column)
    missing = np.flatnonzero([i is None for i in ids])
    if missing.size:
        row, name = int(missing[0]) + 1, str(column.name)
        place = f"{source}: data row {row}, column {name!r}"
        raise DataError("the row id is missing.", place=place, row=row, column=name)
    return ids


def cell_separator(path: str | Path, encoding: str | None = None) -> str:
    """Return what separates the cells of a CSV; nothing for other files."""
    return _separator(path, encoding)[0]


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
        separator, header = _separator(path, encoding)
        if not header:
            raise DataError(f"{path}: the file is blank: no line holds anything.")
        names = next(csv.reader([header], delimiter=separator))
        _check_header(names, path)
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
