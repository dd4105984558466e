"""Large tables as CSV: written by pyarrow where that says the same as pandas."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from labelfeed.data.distinct import arrow_text

__all__ = ["write_csv"]

_ROWS = 1 << 16  # written at once


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a table without its index; NaN and None are empty cells.

    Numbers are written so that reading them gives the same numbers. Text stands in quotes where
    it must; if one cell must, all text of the file does.

    Args:
        frame: Any table.
        path: The file.

    Raises:
        OSError: It cannot be written.
    """
    import pyarrow
    import pyarrow.csv

    columns = [_column(frame.iloc[:, place]) for place in range(frame.shape[1])]
    elsewhere = os.linesep != "\n"  # pyarrow ends lines so, and older ones know no other way
    if elsewhere or not columns or any(column is None for column in columns):
        frame.to_csv(path, index=False)
        return
    table = pyarrow.table(columns, [str(place) for place in range(len(columns))])
    for style in ("none", "needed"):
        options = pyarrow.csv.WriteOptions(
            include_header=False, batch_size=_ROWS, quoting_style=style
        )
        try:
            with path.open("wb") as file:
                file.write(_header(frame))
                pyarrow.csv.write_csv(table, file, options)
        except pyarrow.ArrowInvalid:  # a cell with a comma, a quote or a line break
            continue
        return


def _header(frame: pd.DataFrame) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(frame.columns)
    return text.getvalue().encode()


def _column(column: pd.Series) -> Any:
    """Return a column as an array of pyarrow; `None` where pandas may write another text."""
    import pyarrow

    if column.dtype == bool:
        return pyarrow.array(np.where(column, "True", "False").tolist())
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iuf":
        return pyarrow.array(column, from_pandas=True)
    return arrow_text(column)
