"""Tables: CSV and Parquet files into raw features and labels."""

from __future__ import annotations

import csv
import gzip
import warnings
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import numpy as np
import pandas as pd

from labelfeed.data.dataset import DataError, Dataset, check_group, did_you_mean
from labelfeed.data.giveaways import giveaway_notes
from labelfeed.data.groups import group_notes
from labelfeed.data.labelling import as_text, multi_labels, single_labels, spec_columns
from labelfeed.data.odd_cells import cell_notes, feature_notes
from labelfeed.data.regular_csv import regular_cells
from labelfeed.data.short_rows import short_rows
from labelfeed.data.sides import SideRanges, read_sides, side_names
from labelfeed.data.telling import telling_notes
from labelfeed.data.unpacked import check_gzip, check_parquet
from labelfeed.data.unseen import absent_labels
from labelfeed.data.weights import read_weights, weight_columns
from labelfeed.data.written_numbers import plain_numbers
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec

__all__ = ["TABLE_SUFFIXES", "load_table", "read_frame"]

TABLE_SUFFIXES = (".csv", ".tsv", ".parquet", ".pq")


def read_frame(path: str | Path) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Read a CSV or Parquet file as it stands: cells of a CSV stay text, empty ones are NaN.

    Whether words such as `NA` mean missing is for the reader of a column to say
    (`labelfeed.labels.words`). The separator of a CSV is the comma; semicolon and tab are
    recognised in the header. Text is UTF-8.

    Args:
        path: File that ends in `.csv`, `.tsv`, `.parquet` or `.pq`; `.csv.gz` works too.

    Returns:
        The frame, and notes (a column without a name is left out, a row is cut off).

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
    short: tuple[str, ...] = ()
    if name.endswith((".parquet", ".pq")):
        frame = _read_parquet(path)
    else:
        frame, short = _read_csv(path)
    if len(frame) == 0:
        raise DataError(f"{path}: there is a header but no data row below it.")
    nameless = [c for c in frame.columns if not c.strip()]
    notes = [f"{len(nameless)} column(s) without a name left out"] if nameless else []
    notes += short
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
    weights: Sequence[str] = (),
    side_ranges: SideRanges | None = None,
    group: str | None = None,
    read_labels: bool = True,
) -> Dataset:
    """Load a CSV or Parquet table.

    With `target` alone the label is single: one of the classes found in that column. With further
    `labels` all of them must be yes/no, and together they form one multi label
    `[target, *labels]`. With `spec` (of a saved run) the labels are read by that spec, and label
    columns that the file lacks are unknown.

    Args:
        path: CSV or Parquet file.
        target: Name of the target column; needed when there is no `spec`.
        labels: Names of further yes/no label columns.
        spec: Label spec of a saved run.
        id_column: Column that identifies a row, for the row ids; it is no feature.
        drop: Columns that are no features.
        sides: Columns of side labels: known at inference, not the target; they are no features.
            Names, or the specs of a saved run; see `labelfeed.data.sides.read_sides`.
        side_ranges: How side columns of numbers are cut into ranges; see `read_sides`.
        decimal: How features write numbers, `","` or `"."`; see `plain_numbers`. By default decimal
            commas are read where semicolons separate the cells.
        weights: Columns of weights, no features: `COL` for rows, `LABEL=COL` for one label; see
            `labelfeed.data.weights.read_weights`.
        group: Column of groups, such as patients, that stay on one side of every split; it is no
            feature. With `spec` it may be absent.
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
    frame, notes = read_frame(path)
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
    needed += [group] if spec is None and group is not None else []
    check_group(group, [*wanted, *beside], "target or side label")
    _check_columns(frame, [*wanted, id_column, *drop, *needed], source)
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
    commas = _separator(path)[0] == ";"
    heavy = weight_columns(weights, spec_columns(spec), frame.columns, source, needed=fresh)
    encoded, weighed, light = read_weights(frame, heavy, encoded, spec, source, decimal, commas)
    given = {name: frame[name] for name in beside if name in frame.columns}
    side_labels, told = read_sides(given, sides, len(frame), frame.columns, side_ranges)
    groups = frame[group].to_numpy() if group in frame.columns else None
    others = {*wanted, *drop, *given, *heavy.values(), id_column, group}
    features = frame.drop(columns=[c for c in frame.columns if c in others])
    features.index = pd.RangeIndex(1, len(frame) + 1)  # data row numbers, for messages
    if features.shape[1] == 0:
        raise DataError(f"{source}: no feature column is left beside the label.")
    features, written = plain_numbers(features, decimal, commas)
    notes += absent + more + light + told + written
    if fresh:
        notes += _looked_at(frame, features, encoded, spec)
        notes += giveaway_notes(features, encoded, spec)
        notes += group_notes(features) if group is None else ()
    return Dataset(
        "table", features, encoded, spec, ids, source, tuple(wanted), notes, side_labels,
        groups=groups, group_name=group or "", weights=weighed,
    )  # fmt: skip


def _looked_at(
    frame: pd.DataFrame, features: pd.DataFrame, labels: np.ndarray, spec: LabelSpec
) -> tuple[str, ...]:
    """Return what a user should look at before training on new data."""
    columns = [c.name for c in spec.label_columns if c.of_classes or not spec.shape]
    what = "label" if spec.shape else "target"
    odd = [note for name in columns for note in cell_notes(name, as_text(frame[name]), what)]
    cells = feature_notes(features)
    return (*odd, *cells.values(), *telling_notes(features, labels, spec))


def _check_columns(frame: pd.DataFrame, names: Sequence[str | None], source: str) -> None:
    for name in names:
        if name is not None and name not in frame.columns:
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


def _opened(path: Path) -> IO[str]:
    if path.suffix.lower() == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _separator(path: str | Path) -> tuple[str, str]:
    """Return what separates the cells of a CSV, and its header; nothing for Parquet."""
    path = Path(path)
    if path.name.lower().endswith((".parquet", ".pq")):
        return "", ""
    with _opened(path) as file:
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


def _read_csv(path: Path) -> tuple[pd.DataFrame, tuple[str, ...]]:
    try:
        if path.suffix.lower() == ".gz":
            check_gzip(path)
        separator, header = _separator(path)
        names = next(csv.reader([header], delimiter=separator))
        _check_header(names, path)
        short: tuple[str, ...] = ()
        frame = regular_cells(path, separator, names)
        if frame is None:
            with warnings.catch_warnings():
                warnings.simplefilter("error", pd.errors.ParserWarning)
                frame = pd.read_csv(
                    path, sep=separator, dtype=str, index_col=False, encoding="utf-8-sig",
                    keep_default_na=False, na_values=[""],
                )  # fmt: skip
            if frame.shape[1] and frame.iloc[:, -1].isna().any():
                with _opened(path) as file:
                    short = short_rows(file, separator, len(names))
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8 text ({error.reason}); save it as UTF-8.") from error
    except pd.errors.ParserWarning as error:
        raise DataError(
            f"{path}: the rows have more cells than the header has names ({len(names)})."
        ) from error
    except (
        pd.errors.ParserError, pd.errors.EmptyDataError, csv.Error, OSError, EOFError, zlib.error
    ) as error:  # fmt: skip
        raise DataError(f"{path}: cannot be read as CSV: {str(error).strip()}") from error
    if len(names) == frame.shape[1]:  # pandas renames a name that stands there twice
        frame.columns = pd.Index([n.strip() for n in names])
    return frame, short


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
