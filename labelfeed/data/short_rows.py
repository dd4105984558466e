"""Rows of a CSV with fewer cells than its header: a line that was cut off passes for missing."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["short_rows"]


def short_rows(lines: Iterable[str], separator: str, columns: int) -> tuple[str, ...]:
    """Return a line about rows that are too short, nothing if there are none.

    Nothing is said of files with line breaks inside quotes.

    Args:
        lines: The lines of the file, its header first; blank ones do not count.
        separator: What stands between cells.
        columns: Number of names in the header.

    Example:
        >>> short_rows(["a,b,c", "1,2,3", "4"], ",", 3)[0]
        'data row 2 has 1 of 3 cells: cut off? The others are taken for missing'
    """
    short: list[tuple[int, int]] = []
    row = -1  # the header
    for line in lines:
        if not line.strip():
            continue
        row += 1
        quotes = line.count('"')
        if quotes % 2:
            return ()
        cells = line.count(separator) + 1
        if row and not quotes and cells < columns:
            short.append((row, cells))
    if not short:
        return ()
    first, cells = short[0]
    rest = "the others are" if len(short) > 1 else "The others are"
    if len(short) == 1:
        return (f"data row {first} has {cells} of {columns} cells: cut off? {rest} taken for "
                "missing",)  # fmt: skip
    return (f"{len(short)} rows have fewer cells than the header ({columns}), data row {first} for "
            f"example {cells}; {rest} taken for missing",)  # fmt: skip
