"""A table of results, for the terminal and for a page."""

from __future__ import annotations

import dataclasses
import html
import math
from collections.abc import Sequence
from typing import Any

from labelfeed.metrics.intervals import t_interval

__all__ = ["Table", "print_table", "table_html", "with_interval"]


@dataclasses.dataclass(frozen=True)
class Table:
    """Rows of text under a title, with a note that says how to read them.

    Args:
        title: One line.
        columns: Headers; the first column is text, the others are aligned right.
        rows: Cells as text, one tuple a row, as many as headers.
        note: A sentence or two under the table.
        emphasis: Indices of rows to stand out.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    emphasis: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Check that every row has a cell for each column."""
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"{len(row)} cells for {len(self.columns)} columns: {row}.")


def with_interval(values: Sequence[float], digits: int = 3) -> str:
    """Return `mean ± half width` of the 95 % t-interval over seeds, as text.

    Args:
        values: One figure per seed; a single one is printed without an interval.
        digits: Digits after the point.

    Example:
        >>> with_interval([0.90, 0.91, 0.92], digits=2)
        '.91 ± .02'
    """
    mean, half = t_interval(values)
    shown = _short(mean, digits)
    return shown if math.isnan(half) else f"{shown} ± {_short(half, digits)}"


def print_table(table: Table, console: Any) -> None:
    """Print `table` to a `rich.console.Console`."""
    import rich.table

    shown = rich.table.Table(title=table.title, title_justify="left", title_style="bold")
    for index, header in enumerate(table.columns):
        shown.add_column(header, justify="left" if index == 0 else "right")
    for index, row in enumerate(table.rows):
        shown.add_row(*row, style="bold" if index in table.emphasis else None)
    console.print(shown)
    if table.note:
        console.print(table.note, style="dim", soft_wrap=True)
    console.print()


def table_html(table: Table) -> str:
    """Return `table` as an HTML fragment."""
    head = "".join(f"<th>{html.escape(c)}</th>" for c in table.columns)
    body = ""
    for index, row in enumerate(table.rows):
        cells = "".join(f"<td>{html.escape(c)}</td>" for c in row)
        body += f"<tr{' class=strong' if index in table.emphasis else ''}>{cells}</tr>\n"
    note = f"<p class=note>{html.escape(table.note)}</p>" if table.note else ""
    title = html.escape(table.title)
    return (
        f"<h2>{title}</h2>\n<div class=scroll><table><thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{body}</tbody></table></div>\n{note}\n"
    )


def _short(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text
