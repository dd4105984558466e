"""The data files of a command: one, or several that are one table. Imports nothing heavy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

__all__ = ["data_argument", "first_of", "is_npz", "is_table", "shown"]


def data_argument(metavar: str = "DATA...") -> Callable[[Any], Any]:
    """Return the argument for data files; the command gets `data`, a text or a tuple of several."""
    return click.argument("data", nargs=-1, required=True, metavar=metavar, callback=_one_or_more)


def _one_or_more(
    context: click.Context, option: click.Parameter, value: tuple[str, ...]
) -> str | tuple[str, ...]:
    return value[0] if len(value) == 1 else value


def first_of(data: str | tuple[str, ...]) -> str:
    """Return the file, or the first of several."""
    return data if isinstance(data, str) else data[0]


def shown(data: str | tuple[str, ...]) -> str:
    """Return what a line calls the files.

    Example:
        >>> shown("a.csv"), shown(("a.csv", "b.csv"))
        ('a.csv', '2 files')
    """
    return data if isinstance(data, str) else f"{len(data):,} files"


def is_npz(data: str | tuple[str, ...]) -> bool:
    """Tell whether it is one npz."""
    return isinstance(data, str) and data.lower().endswith(".npz")


def is_table(data: str | tuple[str, ...]) -> bool:
    """Tell whether it is a file of a table, or several files, which are always tables."""
    return not isinstance(data, str) or (Path(data).is_file() and not is_npz(data))
