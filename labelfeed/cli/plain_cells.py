"""Cells that a spreadsheet would take for a formula, written as text."""

from __future__ import annotations

from typing import Any

import pandas as pd

__all__ = ["plain_cells"]

_ACT = ("=", "+", "-", "@", "\t", "\r", "\n")


def plain_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with an apostrophe before every text that begins with `=`, `+`, `-` or `@`.

    Column names too; numbers, also those written as text, stay. The apostrophe is part of the
    file, so that this is for people with a spreadsheet, not for programs.

    Args:
        frame: Any table.

    Example:
        >>> plain_cells(pd.DataFrame({"id": ["=1+2", "-5", "p1"], "p": [-0.5, 1.0, 2.0]}))
              id    p
        0  '=1+2 -0.5
        1     -5  1.0
        2     p1  2.0
    """
    made = frame.copy()
    for place in range(frame.shape[1]):
        column = frame.iloc[:, place]
        if not pd.api.types.is_numeric_dtype(column.dtype):
            made.isetitem(place, column.map(_plain))
    return made.set_axis([_plain(name) for name in frame.columns], axis=1)


def _plain(cell: Any) -> Any:
    if not isinstance(cell, str) or not cell.lstrip(" ").startswith(_ACT) or _is_number(cell):
        return cell
    return f"'{cell}"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text
