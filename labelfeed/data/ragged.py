"""Rows of a CSV that do not fit its header: where they are, in words that name the row."""

from __future__ import annotations

import csv
from collections.abc import Iterable

import pandas as pd

__all__ = ["blank_rows", "broken_row"]


def broken_row(lines: Iterable[str], separator: str, columns: int) -> str | None:
    """Return what is wrong with the first row that is no row of the header's; `None` if none is.

    Args:
        lines: The lines of the file, its header first; blank ones do not count.
        separator: What stands between cells.
        columns: Number of names in the header.

    Example:
        >>> print(broken_row(["a,b", "1,2", "1,2,3"], ",", 2))
        data row 2 (line 3) has 3 cells, the header 2 names: a cell that holds ',' needs double \
quotes around it
    """
    reader = csv.reader(lines, delimiter=separator)
    longest, text, ends = None, None, None
    row, start = -1, 1  # the header
    try:
        for cells in reader:
            row += bool(cells)
            if row > 0 and len(cells) > columns:
                longest = longest or (row, start, len(cells))
                if any(cells[columns:]):  # more than a separator at the ends of lines
                    text = (row, start, len(cells))
                    break
            ends = (row, start) if reader.line_num > start else None
            start = reader.line_num + 1
    except csv.Error:
        ends = (row + 1, start)
    if found := text or (None if ends else longest):
        return (
            f"data row {found[0]} (line {found[1]}) has {found[2]} cells, the header {columns} "
            f"names: a cell that holds {separator!r} needs double quotes around it"
        )
    if ends:
        where = f"data row {ends[0]} (line {ends[1]})" if ends[0] > 0 else "the header"
        return f"{where} opens a double quote that nothing closes"
    return None


def blank_rows(frame: pd.DataFrame) -> tuple[str, ...]:
    """Return a line about rows without anything in any cell, nothing if there are none.

    Args:
        frame: Raw cells, NaN where empty.

    Example:
        >>> blank_rows(pd.DataFrame({"a": ["1", None, None], "b": ["x", None, None]}))
        ('2 rows are blank (the first is data row 2): nothing stands in any of their cells',)
    """
    if frame.shape[1] == 0:
        return ()
    some = frame[frame.iloc[:, 0].isna().to_numpy()]
    blank = some.index[some.isna().all(axis=1).to_numpy()]
    if not len(blank):
        return ()
    first = frame.index.get_loc(blank[0]) + 1
    if len(blank) == 1:
        return (f"data row {first} is blank: nothing stands in any of its cells",)
    where = f"(the first is data row {first})"
    return (f"{len(blank)} rows are blank {where}: nothing stands in any of their cells",)
