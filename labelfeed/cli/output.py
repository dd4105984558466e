"""Output files of the commands: checked before the work, written as a table after it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from labelfeed.data.dataset import DataError, Dataset
from labelfeed.runs.folder import Run

__all__ = ["TABLES", "check_out", "id_name", "write_table", "writing"]

TABLES = (".csv", ".parquet")


def check_out(path: Path, data: str, overwrite: bool, suffixes: Sequence[str] = TABLES) -> None:
    """Raise `DataError` unless an output of these suffixes may be written to `path`.

    Args:
        path: Output file.
        data: Data file that it must not replace.
        overwrite: Whether a file that is there may be replaced.
        suffixes: Endings that are known, lower case.
    """
    if path.suffix.lower() not in suffixes:
        known = " or ".join((", ".join(suffixes[:-1]), suffixes[-1]))
        raise DataError(f"{path}: the output must end in {known}.")
    if path.is_dir():
        raise DataError(f"{path} is a folder.")
    if path.exists():
        if Path(data).exists() and path.samefile(data):
            raise DataError(f"{path} is the data file itself; choose another output.")
        if not overwrite:
            raise DataError(f"{path} is there already; choose another file, or --overwrite.")


def id_name(run: Run, dataset: Dataset) -> str:
    """Return the name of the id column of an output table."""
    if dataset.kind == "images":
        return "file"
    return str(run.data.get("id_column") or "row")


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Make the folders of an output file; what fails in writing it is a `DataError`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise DataError(f"{path} cannot be written: {error}") from error


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a `.csv` or `.parquet` file; its folders are made.

    Raises:
        DataError: It cannot be written.
    """
    with writing(path):
        if path.suffix.lower() == ".csv":
            frame.to_csv(path, index=False)
        else:
            frame.to_parquet(path, index=False)
