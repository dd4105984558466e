"""Output files of the commands: checked before the work, written as a table after it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from labelfeed.cli.console import tell_leftovers
from labelfeed.cli.csv_text import write_csv
from labelfeed.data.dataset import DataError, Dataset
from labelfeed.writing import leftovers, replacing, try_place

if TYPE_CHECKING:  # so that a command without a run starts without Keras
    from labelfeed.runs.kept import KeptRun

__all__ = [
    "TABLES",
    "check_out",
    "id_name",
    "try_out",
    "write_parts",
    "write_table",
    "writing",
]

TABLES = (".csv", ".parquet")


def check_out(
    path: Path,
    data: str | Sequence[str],
    overwrite: bool,
    suffixes: Sequence[str] = TABLES,
    quiet: bool = False,
) -> None:
    """Raise `DataError` unless an output of these suffixes may be written to `path`.

    Args:
        path: Output file.
        data: Data file, or several, that it must not replace.
        overwrite: Whether a file that is there may be replaced.
        suffixes: Endings that are known, lower case.
        quiet: Name no leftovers of a command that was killed while it wrote this file.
    """
    if path.suffix.lower() not in suffixes:
        known = " or ".join(filter(None, (", ".join(suffixes[:-1]), suffixes[-1])))
        raise DataError(f"{path}: the output must end in {known}.")
    if os.path.isdir(path):  # a Path raises where the name is too long
        raise DataError(f"{path} is a folder.")
    if os.path.exists(path):
        named = [data] if isinstance(data, str) else data
        if any(Path(file).exists() and path.samefile(file) for file in named):
            raise DataError(f"{path} is the data file itself; choose another output.")
        if not overwrite:
            raise DataError(f"{path} is there already; choose another file, or --overwrite.")
    try_out(path, quiet)


def try_out(path: Path, quiet: bool = False) -> None:
    """Raise `DataError` unless a file can be written to `path`; that is tried, without a trace."""
    path = Path(os.path.realpath(path))
    try:
        try_place(path.parent, path.name)
    except OSError as error:
        raise DataError(f"{path} cannot be written: {error}") from error
    tell_leftovers(leftovers(path.parent, path.name), quiet)


def id_name(run: KeptRun, dataset: Dataset) -> str:
    """Return the name of the id column of an output table."""
    if dataset.kind == "images":
        return "file"
    return str(run.data.get("id_column") or "row")


@contextlib.contextmanager
def writing(path: Path) -> Iterator[Path]:
    """Yield a draft of an output file, which takes its place when it is complete.

    Raises:
        DataError: It cannot be written; what stood there stands there still.
    """
    try:
        with replacing(path) as draft:
            yield draft
    except OSError as error:
        raise DataError(f"{path} cannot be written: {error}") from error


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a `.csv` or `.parquet` file, whole or not at all; its folders are made.

    Raises:
        DataError: It cannot be written.
    """
    with writing(path) as draft:
        if path.suffix.lower() == ".csv":
            write_csv(frame, draft)
        else:
            frame.to_parquet(draft, index=False)


def write_parts(parts: Iterator[pd.DataFrame], path: Path) -> int:
    """Write the parts of a table below one another, whole or not at all; return the rows.

    Args:
        parts: Tables of the same columns.
        path: A `.csv` or `.parquet` file.

    Raises:
        DataError: It cannot be written.
    """
    import pyarrow
    import pyarrow.parquet

    rows, schema = 0, None
    with writing(path) as draft, contextlib.ExitStack() as after:
        for part in parts:
            if path.suffix.lower() == ".csv":
                part.to_csv(draft, mode="a" if rows else "w", header=not rows, index=False)
            else:
                table = pyarrow.Table.from_pandas(part, schema=schema, preserve_index=False)
                if schema is None:
                    schema = table.schema
                    writer = after.enter_context(pyarrow.parquet.ParquetWriter(draft, schema))
                writer.write_table(table)
            rows += len(part)
    return rows
