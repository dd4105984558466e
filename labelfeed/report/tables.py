"""A table of results: as text for a command, for a terminal, for a page, and for the docs."""

from __future__ import annotations

import dataclasses
import html
import io
import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from labelfeed.metrics.intervals import interval_of
from labelfeed.printable import printable, printable_lines

if TYPE_CHECKING:
    import rich.console
    import rich.table

__all__ = [
    "Table",
    "figure",
    "print_table",
    "table_html",
    "table_markdown",
    "table_text",
    "with_interval",
]

_NARROW = 3  # columns that a phone shows side by side
_ENDS = re.compile(r"(\[[-+.\d]+,) ")


@dataclasses.dataclass(frozen=True)
class Table:
    """Rows of text under a title, with a note that says how to read them.

    Args:
        title: One line.
        columns: Headers; the first column is text, the others are aligned right.
        rows: Cells as text, one tuple a row, as many as headers.
        note: Sentences under the table, a line each.
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
    found = interval_of(values)
    shown = _short(found.mean, digits)
    return shown if math.isnan(found.half) else f"{shown} ± {_short(found.half, digits)}"


def figure(value: float | None) -> str:
    """Return a score with three decimals, `-` when there is none.

    Example:
        >>> figure(0.12345), figure(None), figure(float("nan"))
        ('0.123', '-', '-')
    """
    return "-" if value is None or math.isnan(value) else f"{value:.3f}"


def print_table(table: Table, console: rich.console.Console) -> None:
    """Print `table` with its title and note to a `rich.console.Console`."""
    import rich.text

    title = rich.text.Text(printable(table.title))
    console.print(_rich(table, title=title, title_justify="left", title_style="bold"))
    if table.note:
        console.print(printable_lines(table.note), style="dim", soft_wrap=True, markup=False)
    console.print()


def table_text(table: Table) -> str:
    """Return `table` as aligned plain text of any width, its note below, without the title.

    Example:
        >>> print(table_text(Table("Scores", ("model", "AUC"), (("plain", ".9"), ("ours", "-")))))
        model  AUC
        plain   .9
        ours     -
    """
    import rich.console

    stream = io.StringIO()
    console = rich.console.Console(file=stream, width=10_000, color_system=None)
    console.print(_rich(table, box=None, pad_edge=False, padding=(0, 2, 0, 0)))
    lines = [line.rstrip() for line in stream.getvalue().splitlines()]
    return "\n".join([*lines, *([printable_lines(table.note)] if table.note else [])])


def table_markdown(table: Table) -> str:
    """Return `table` as Markdown with aligned columns, its title and note around it.

    Example:
        >>> print(table_markdown(Table("", ("model", "AUC"), (("plain", ".9"),))))
        | model | AUC |
        | ----- | --- |
        | plain | .9  |
    """
    text = [[cell.replace("|", "\\|") for cell in row] for row in (table.columns, *table.rows)]
    widths = [max(map(len, column)) for column in zip(*text, strict=True)]
    lines = [" | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) for row in text]
    lines.insert(1, " | ".join("-" * w for w in widths))
    body = "\n".join(f"| {line} |" for line in lines)
    title = f"**{table.title}**" if table.title else ""
    return "\n\n".join(part for part in (title, body, table.note) if part)


def table_html(table: Table) -> str:
    """Return `table` as an HTML fragment; with more than three columns of class `wide`.

    Each cell of a wide table names its column in `data-of`, so that a narrow screen can show a row
    as a list.
    """
    head = "".join(f"<th>{html.escape(c)}</th>" for c in table.columns)
    wide = len(table.columns) > _NARROW
    body = ""
    for index, row in enumerate(table.rows):
        of = [f' data-of="{html.escape(c)}"' if wide else "" for c in table.columns]
        cells = "".join(f"<td{name}>{_unbroken(c)}</td>" for name, c in zip(of, row, strict=True))
        body += f"<tr{' class=strong' if index in table.emphasis else ''}>{cells}</tr>\n"
    note = f"<p class=note>{html.escape(table.note)}</p>" if table.note else ""
    title = html.escape(table.title)
    return (
        f"<h2>{title}</h2>\n<table{' class=wide' if wide else ''}><thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{body}</tbody></table>\n{note}\n"
    )


def _unbroken(cell: str) -> str:
    """Return a cell as HTML in which no line ends inside of an interval."""
    return _ENDS.sub(r"\1&nbsp;", html.escape(cell))


def _rich(table: Table, **style: Any) -> rich.table.Table:
    """Return a `rich.table.Table`; cells are text, whatever brackets they hold."""
    import rich.table
    import rich.text

    made = rich.table.Table(**style)
    for index, header in enumerate(table.columns):
        made.add_column(
            rich.text.Text(printable(header)), justify="left" if index == 0 else "right"
        )
    for index, row in enumerate(table.rows):
        cells = (rich.text.Text(printable(cell)) for cell in row)
        made.add_row(*cells, style="bold" if index in table.emphasis else None)
    return made


def _short(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text
