"""The rows of CSV and Parquet files some at a time, with the cells of reading them whole."""

from __future__ import annotations

import csv
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from labelfeed.data.dataset import DataError
from labelfeed.data.files import data_files, format_of
from labelfeed.data.frame import cell_separator, csv_header, no_header
from labelfeed.data.ragged import broken_row
from labelfeed.data.read_table import ReadTable, check_columns
from labelfeed.data.short_rows import short_rows
from labelfeed.data.text_encoding import encoding_of, opened, undecodable
from labelfeed.data.unpacked import check_width
from labelfeed.types import DataPath

__all__ = ["short_row_notes", "table_chunks"]

_WIDE = 10_000  # columns: fewer fit into any memory
_LOOKED_AT = 1 << 20  # characters in which lines of an old Mac show


def table_chunks(
    path: DataPath, rows: int = 100_000, encoding: str | None = None
) -> Iterator[ReadTable]:
    """Yield the rows of one file or several, `rows` at a time, each file by itself.

    Every chunk has the columns of the first, in its order, and knows where its rows stand.

    Args:
        path: CSV or Parquet files, as for `data_files`.
        rows: Rows of a chunk at most.
        encoding: Encoding of CSV files.

    Raises:
        DataError: A file cannot be read, has other columns than the first, or is no CSV or Parquet.
    """
    files = data_files(path)
    for file in files:
        if format_of(file) not in ("CSV", "Parquet"):
            raise DataError(f"{file}: only CSV and Parquet files are read some rows at a time.")
        if not file.is_file():
            raise DataError(f"{file}: no such file.")
    first: ReadTable | None = None
    done: list[tuple[Path, int]] = []
    for file in files:
        read = 0
        before = sum(count for _, count in done)
        separator = ""
        for frame in _frames(file, rows, encoding):
            if not len(frame):
                continue
            if read == 0:  # not before: a file that cannot be read says so by its rows
                separator = cell_separator(file, encoding)
            if first is None:
                first = ReadTable(frame.iloc[:1000], ((file, 0),), separator)
            if read == 0 and separator != first.separator:
                raise DataError(
                    f"{file}: {separator!r} separates its cells, {first.separator!r} those of "
                    f"{first.source}."
                )
            if file != first.files[0][0] and read == 0:
                check_columns(frame, file, first.frame, first.files[0][0])
            frame = frame[list(first.frame.columns)]
            numbers = pd.RangeIndex(before + read + 1, before + read + len(frame) + 1).to_numpy()
            read += len(frame)
            yield ReadTable(frame, (*done, (file, read)), separator, (), numbers, source=str(file))
        if read == 0:
            raise DataError(f"{file}: there is a header but no data row below it.")
        done.append((file, read))


def short_row_notes(path: DataPath, encoding: str | None = None) -> tuple[str, ...]:
    """Return a line for each CSV with rows that are cut off."""
    notes: list[str] = []
    for file in data_files(path):
        if format_of(file) == "CSV":
            reading, separator = encoding_of(file, encoding)[0], cell_separator(file, encoding)
            with opened(file, reading) as text:
                found = short_rows(text, separator, len(csv_header(file, encoding)))
            notes += [f"{file.name}: {note}" for note in found]
    return tuple(notes)


def _frames(file: Path, rows: int, encoding: str | None) -> Iterator[pd.DataFrame]:
    chunks = _parquet(file, rows) if format_of(file) == "Parquet" else _csv(file, rows, encoding)
    for frame in chunks:
        frame.columns = pd.Index([str(name) for name in frame.columns])
        frame = frame[[name for name in frame.columns if name.strip()]]
        if frame.columns.duplicated().any():
            twice = frame.columns[frame.columns.duplicated()][0]
            hint = no_header(frame.columns)
            raise DataError(f"{file}: the column name {twice!r} stands in the header twice.{hint}")
        yield frame.reset_index(drop=True)


def _parquet(file: Path, rows: int) -> Iterator[pd.DataFrame]:
    import pyarrow
    import pyarrow.parquet

    try:
        with pyarrow.parquet.ParquetFile(file) as opened_file:
            for batch in opened_file.iter_batches(batch_size=rows):
                yield pyarrow.Table.from_batches([batch]).to_pandas()
    except (OSError, ValueError, KeyError, TypeError, NotImplementedError) as error:
        if isinstance(error, DataError):
            raise
        reason = str(error).strip().split("\n")[0]
        raise DataError(f"{file}: cannot be read as Parquet: {reason}") from error


def _csv(file: Path, rows: int, encoding: str | None) -> Iterator[pd.DataFrame]:
    reading, separator = "utf-8-sig", ""
    names: list[str] = []
    try:
        reading = encoding_of(file, encoding)[0]
        separator, names = cell_separator(file, encoding), csv_header(file, encoding)
        if len(names) > _WIDE:
            check_width(file, len(names))
        with opened(file, reading) as text:
            start = text.read(_LOOKED_AT)
        if start.count("\r") > start.count("\r\n") + 1:
            raise DataError(f"{file}: its lines end as on an old Mac: save it with usual ones.")
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            chunks = pd.read_csv(
                file, sep=separator, dtype=str, index_col=False, encoding=reading,
                keep_default_na=False, na_values=[""], chunksize=rows,
            )  # fmt: skip
            for frame in chunks:
                if len(names) == frame.shape[1]:  # pandas renames a name that stands there twice
                    frame.columns = pd.Index([name.strip() for name in names])
                yield frame
    except UnicodeError as error:
        raise undecodable(file, reading) from error
    except (
        pd.errors.ParserWarning, pd.errors.ParserError, pd.errors.EmptyDataError, csv.Error,
        OSError, EOFError, zlib.error,
    ) as error:  # fmt: skip
        what = None
        if isinstance(error, (pd.errors.ParserWarning, pd.errors.ParserError)):
            with opened(file, reading) as text:
                what = broken_row(text, separator, len(names))
        reason = what or f"cannot be read as CSV: {str(error).strip()}"
        raise DataError(f"{file}: {reason}") from error
