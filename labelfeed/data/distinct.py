"""Columns of a million cells hold few different ones: each is looked at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from labelfeed.types import ArrowArray, Cell, Cells

__all__ = ["arrow_text", "distinct", "read_once"]


def distinct(cells: Cells) -> tuple[np.ndarray, list[Cell]] | None:
    """Return for each cell the place of its value, -1 where missing, and the different values.

    Args:
        cells: A column.

    Returns:
        int64 array `(n,)` and the values in the order in which they come; `None` where cells are
        of several types: 1, 1.0, True and "1" are different cells, and equal ones.

    Example:
        >>> places, values = distinct(pd.Series(["b", "a", None, "b"]))
        >>> places.tolist(), values
        ([0, 1, -1, 0], ['b', 'a'])
        >>> distinct([1, True]) is None
        True
    """
    if not isinstance(cells, (pd.Series, pd.Index, np.ndarray)) or np.ndim(cells) != 1:
        return None
    if isinstance(cells, np.ma.MaskedArray) or not _of_one_type(cells):
        return None
    places, values = pd.factorize(cells)
    return places.astype(np.int64, copy=False), list(values)


def read_once(cells: Cells, read: Callable[[Cell], Cell]) -> np.ndarray | None:
    """Return an object array of `read` of each cell, called once for each value.

    Args:
        cells: A column.
        read: Called with a value, and with `None` for what is missing.

    Returns:
        Array `(n,)`; `None` where `distinct` is.

    Example:
        >>> read_once(pd.Series(["b", None, "b"]), lambda cell: cell and cell.upper()).tolist()
        ['B', None, 'B']
    """
    found = distinct(cells)
    if found is None:
        return None
    places, values = found
    made = np.empty(len(values) + 1, object)
    for place, value in enumerate([*values, None]):
        made[place] = read(value)
    return made[places]  # -1, missing, is the last


def arrow_text(cells: Cells) -> ArrowArray | None:
    """Return a column of text as an array of pyarrow, null where missing; else `None`.

    Example:
        >>> arrow_text(pd.Series(["1", None])).null_count, arrow_text(pd.Series([1.5]))
        (1, None)
    """
    import pyarrow

    if not isinstance(cells, (pd.Series, pd.Index)):
        return None
    if isinstance(cells.dtype, pd.CategoricalDtype) or not _is_text(cells):
        return None
    try:
        made = pyarrow.array(cells, pyarrow.large_string(), from_pandas=True)
    except (ValueError, TypeError):  # half a surrogate
        return None
    return made.combine_chunks() if isinstance(made, pyarrow.ChunkedArray) else made


def _of_one_type(cells: pd.Series | pd.Index | np.ndarray) -> bool:
    if isinstance(cells.dtype, pd.CategoricalDtype):
        return _is_text(cells.dtype.categories)
    return cells.dtype.kind in "iufb" or _is_text(cells)


def _is_text(cells: pd.Series | pd.Index | np.ndarray) -> bool:
    if isinstance(cells.dtype, pd.StringDtype):
        return True
    if cells.dtype != object:
        return False
    return pd.api.types.infer_dtype(cells, skipna=True) in ("string", "empty")
