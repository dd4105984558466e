"""Is -1 the id of unknown, uncertain, or no? Asked where it cannot be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NoReturn

import numpy as np

from labelfeed.labels.errors import LabelError
from labelfeed.types import Labels

__all__ = ["ask_minus_one", "by_name", "check_minus_one"]

_WAYS = "unknown (missing=-1), uncertain (uncertain='ignore', 'zeros', 'ones' or 'soft=0.6')"


def by_name(values: Labels) -> bool:
    """Tell whether labels come by name: a table with named columns, a dict, or rows of dicts.

    Not so a table of int32: ids, as `encode` returns them.
    """
    columns = getattr(values, "columns", None)
    columns = getattr(values, "column_names", columns)  # pyarrow
    if columns is not None:
        numbered = list(columns) == list(range(len(columns)))
        return not numbered and any(
            str(dtype) != "int32" for dtype in getattr(values, "dtypes", "?")
        )
    if isinstance(values, Mapping):
        return True
    rows = values if isinstance(values, (list, tuple, np.ndarray)) else ()
    return len(rows) > 0 and any(isinstance(row, Mapping) for row in rows)


def check_minus_one(
    array: np.ndarray, numbers: np.ndarray, named: bool | None, names: Sequence[str], first_row: int
) -> None:
    """Ask what -1 means in yes/no labels, unless they are ids: numbers in an array, none missing.

    Args:
        array: The labels as they came, `(n, num_labels)`.
        numbers: The same as numbers, NaN where unknown; what was declared is no -1 any more.
        named: Whether they came by name, as people's tables do and ids do not. `None` finds out
            by what else is missing.
        names: Names of the labels.
        first_row: Number of the first row, for the message.

    Raises:
        LabelError: It cannot be told.
    """
    minus = np.argwhere(numbers == -1)
    if not len(minus):
        return
    row, column = map(int, minus[0])
    if named is None:
        named = array.dtype.kind not in "iub" and bool(np.isnan(numbers).any())
    if named or isinstance(array[row, column], (str, bytes)):
        ask_minus_one(
            first_row + row, names[column], array[row, column], f"{_WAYS} or no (negative=-1)"
        )


def ask_minus_one(row: int, column: str, value: object, ways: str) -> NoReturn:
    """Raise the error that says what -1 may mean, and how to say which."""
    value = value.item() if isinstance(value, np.generic) else value
    raise LabelError(
        f"got {value!r}, which can mean {ways}: say which. It is unknown without asking in an "
        "array of ids, as encode() returns them.",
        place=f"Row {row}, column {column!r}",
        row=row,
        column=column,
        value=value,
        expected=ways,
    )
