"""Numbers and categories that stand beside each picture: its patient's age, the view, ..."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from labelfeed.data.dataset import DataError
from labelfeed.data.feature_cells import feature_cells
from labelfeed.data.frame import cell_separator
from labelfeed.data.written_numbers import plain_numbers
from labelfeed.labels.cell_rules import CellRules
from labelfeed.types import Cells

__all__ = ["PicturesAndColumns", "beside_columns", "check_beside", "unused_columns"]

_SHOWN = 6


@dataclasses.dataclass(frozen=True, eq=False)
class PicturesAndColumns:
    """Features of rows that are a picture and some columns.

    As an array it is its pictures, so that equal pictures are found whatever stands beside them.

    Args:
        pixels: `(n, height, width, channels)`.
        table: Columns, a row for each picture, raw.

    Example:
        >>> rows = PicturesAndColumns(np.zeros((3, 4, 4, 1)), pd.DataFrame({"age": [1, 2, 3]}))
        >>> len(rows[1:]), rows[[2]].table["age"].tolist(), rows.shape
        (2, [3], (3, 4, 4, 1))
    """

    pixels: np.ndarray
    table: pd.DataFrame

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.pixels)

    def __getitem__(self, rows: slice | np.ndarray | Sequence[int]) -> PicturesAndColumns:
        """Return some rows: a slice, positions or a mask."""
        return PicturesAndColumns(self.pixels[rows], self.table.iloc[rows])

    @property
    def iloc(self) -> PicturesAndColumns:
        """Itself: what takes rows of a table by position takes them of this."""
        return self

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """Return the pictures."""
        return np.array(self.pixels, dtype=dtype) if copy else np.asarray(self.pixels, dtype=dtype)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the pictures."""
        return self.pixels.shape

    @property
    def ndim(self) -> int:
        """Number of axes of the pictures."""
        return self.pixels.ndim

    @property
    def dtype(self) -> np.dtype[Any]:
        """Dtype of the pictures."""
        return self.pixels.dtype


def check_beside(beside: Sequence[str], taken: Sequence[str | None], table: object | None) -> None:
    """Raise `DataError` unless columns beside the picture have a table and no other use.

    Args:
        beside: Their names.
        taken: Names of the label, side, weight, group and file columns.
        table: The table; `None` where there is none.
    """
    if not beside:
        return
    names = ", ".join(map(repr, beside))
    if table is None:
        raise DataError(
            f"The columns {names} stand beside each picture: give the table that holds them, a row "
            "for each file, with --labels-file (Python: labels_file)."
        )
    for name in beside:
        if name in taken:
            raise DataError(f"{name!r} cannot be a feature beside the picture and something else.")
    if len(set(beside)) != len(beside):
        raise DataError(f"A column beside the picture is named twice: {names}.")


def beside_columns(
    given: Mapping[str, Cells], ids: Sequence[str], path: str | Path, encoding: str | None,
    cells: CellRules,
) -> tuple[pd.DataFrame, tuple[str, ...]]:  # fmt: skip
    """Return columns beside pictures as a table would have them, and what to tell of them.

    Args:
        given: Cells by column, in the order of the pictures; `None` where the table has no row.
        ids: File name of each picture, for messages.
        path: The table.
        encoding: Its encoding.
        cells: What cells mean that are no plain values.
    """
    columns = {name: pd.Series(list(values), index=list(ids)) for name, values in given.items()}
    frame = pd.DataFrame(columns)
    semicolons = cell_separator(path, encoding) == ";"
    frame, notes = plain_numbers(frame, None, semicolons, cells.feature_words)
    return feature_cells(frame, cells)[0], notes


def unused_columns(path: str | Path, names: Sequence[str], used: Sequence[str]) -> tuple[str, ...]:
    """Return a line that names the columns of a table of pictures that nothing reads.

    Example:
        >>> unused_columns("t.csv", ["file", "label", "age"], ["file", "label"])
        ('t.csv: not used: age (--beside COL makes a column a feature beside the picture)',)
    """
    left = [str(name) for name in names if name not in used]
    if not left:
        return ()
    shown = ", ".join(left[:_SHOWN]) + (", ..." if len(left) > _SHOWN else "")
    how = "--beside COL makes a column a feature beside the picture"
    return (f"{path}: not used: {shown} ({how})",)
