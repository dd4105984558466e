"""A table of one file or several as it was read, which knows where each of its rows stands."""

from __future__ import annotations

import contextlib
import dataclasses
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from labelfeed.data.dataset import DataError
from labelfeed.data.files import data_files, format_of, of_files
from labelfeed.data.frame import cell_separator, read_frame
from labelfeed.data.unpacked import check_total
from labelfeed.labels.errors import CellError
from labelfeed.labels.nearest import nearest
from labelfeed.types import DataPath

__all__ = ["ReadTable", "check_columns", "read_table", "table_if_any"]

_ROW = re.compile(r"\brow \d+", re.IGNORECASE)
_KINDS = {"i": "numbers", "u": "numbers", "f": "numbers", "b": "true/false", "M": "dates"}


@dataclasses.dataclass(frozen=True)
class ReadTable:
    """Cells of a table, and where its rows stand.

    Args:
        frame: The cells, as `read_frame` gives them.
        files: Each file and the number of its rows, in order.
        separator: What separates the cells of a CSV; nothing for other files.
        notes: What the user should know, a line each.
        numbers: int `(n,)`: number of each row, counted from 1 through all files; `None`: the frame
            holds all rows of the files.
        source: What the files are called in messages.
    """

    frame: pd.DataFrame
    files: tuple[tuple[Path, int], ...]
    separator: str = ""
    notes: tuple[str, ...] = ()
    numbers: np.ndarray | None = None
    source: str = ""

    def __post_init__(self) -> None:
        """Name the files."""
        if not self.source:
            object.__setattr__(self, "source", of_files([file for file, _ in self.files]))

    @property
    def row_numbers(self) -> np.ndarray:
        """int `(n,)`: number of each row, counted from 1 through all files."""
        return np.arange(1, len(self.frame) + 1) if self.numbers is None else self.numbers

    def place(self, row: int) -> tuple[Path, int]:
        """Return the file of a row of the frame, and its number in it; both count from 1."""
        number = int(self.row_numbers[row - 1])
        for file, rows in self.files[:-1]:
            if number <= rows:
                return file, number
            number -= rows
        return self.files[-1][0], number

    @contextlib.contextmanager
    def located(self) -> Iterator[None]:
        """Let an error about a row of the frame name its file, and its row there."""
        try:
            yield
        except CellError as error:
            known = error.row is not None and 1 <= error.row <= len(self.frame)
            if not known or (len(self.files) == 1 and self.numbers is None):
                raise
            raise self._moved(error) from error

    def _moved(self, error: CellError) -> CellError:
        file, row = self.place(error.row or 1)
        place = _ROW.sub(lambda found: f"{found[0].split()[0]} {row}", error.place, count=1)
        named = place.startswith(self.source)
        place = place.replace(self.source, str(file), 1) if named else f"{file}: {place}"
        return error.moved(place, row)


def read_table(path: DataPath | ReadTable, encoding: str | None = None) -> ReadTable:
    """Return the table of a file, or of several files one below the other.

    Args:
        path: As for `data_files`; a table that is read already is returned.
        encoding: Encoding of CSV files; see `read_frame`.

    Raises:
        DataError: A file cannot be read, or the files do not have the same columns.
    """
    if isinstance(path, ReadTable):
        return path
    files = data_files(path)
    if len(files) == 1:
        frame, notes = read_frame(files[0], encoding)
        separator = cell_separator(files[0], encoding)
        return ReadTable(frame, ((files[0], len(frame)),), separator, notes, source=str(files[0]))
    for file in files:
        if not file.is_file():
            raise DataError(f"{file}: no such file.")
    check_total(files, format_of(files[0]) == "CSV")
    frames: list[pd.DataFrame] = []
    told: list[str] = []
    separator = cell_separator(files[0], encoding)
    for file in files:
        if (other := cell_separator(file, encoding)) != separator:
            raise DataError(
                f"{file}: {other!r} separates its cells, {separator!r} those of {files[0]}."
            )
        frame, notes = read_frame(file, encoding)
        check_columns(frame, file, frames[0] if frames else frame, files[0])
        frames.append(frame)
        told += [f"{file.name}: {note}" for note in notes]
    shown = told if len(told) <= 8 else [*told[:7], f"{len(told) - 7} more notes of other files"]
    whole = pd.concat(frames, ignore_index=True)  # columns by name
    sizes = tuple(zip(files, map(len, frames), strict=True))
    return ReadTable(whole, sizes, separator, tuple(shown))


def table_if_any(path: DataPath, encoding: str | None = None) -> ReadTable | None:
    """Return a table as it was read; `None` for arrays and a folder of pictures.

    Args:
        path: As for `data_files`.
        encoding: Encoding of CSV files; see `read_frame`.
    """
    files = data_files(path)
    return read_table(files, encoding) if format_of(files[0]) else None


def check_columns(frame: pd.DataFrame, file: Path, first: pd.DataFrame, first_file: Path) -> None:
    """Raise `DataError` unless a file has the columns of the first, with cells of the same kind.

    Args:
        frame: Cells of the file.
        file: The file.
        first: Cells of the first file.
        first_file: The first file.
    """
    lacks = [name for name in first.columns if name not in frame.columns]
    beside = [name for name in frame.columns if name not in first.columns]
    if lacks or beside:
        close = nearest(lacks[0], beside) if lacks else None
        hint = f" Did you mean {close!r}?" if close else ""
        what = [f"lacks {_listed(lacks)}"] * bool(lacks) + [f"has {_listed(beside)}"] * bool(beside)
        raise DataError(
            f"{file}: its columns are not those of {first_file}: it {' and '.join(what)}.{hint}"
        )
    for name in first.columns:
        one, other = first[name], frame[name]
        kinds = [_KINDS.get(c.dtype.kind, "text") for c in (one, other)]
        if kinds[0] != kinds[1] and not (one.isna().all() or other.isna().all()):
            raise DataError(
                f"{file}: the column {name!r} holds {kinds[1]} here and {kinds[0]} in {first_file}."
            )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(repr(name) for name in names[:3]) + more
