"""The options that say what the cells of a file mean, shared by every command that reads one."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from typing import Any

import click

from labelfeed.cli.common_options import options_of, split_names

__all__ = ["with_cells"]

_HOW = re.compile(r"(?:(?P<column>.+)=)?(?P<how>ignore|zeros|ones|class|soft=[^=]*)")
_NAMES = (
    "missing",
    "keep",
    "negative",
    "uncertain",
    "uncertain_words",
    "none_word",
    "separator",
)

_OPTIONS = options_of(
    click.option("--missing", metavar="WORD,...", multiple=True,
                 help="Read these as unknown; numbers not in features. [empty cells]"),
    click.option("--keep", metavar="WORD,...", multiple=True,
                 help="Read these as values, such as a class called None."),
    click.option("--negative", metavar="WORD,...", multiple=True,
                 help="Read these as no in label columns."),
    click.option("--uncertain", metavar="[COL=]HOW", multiple=True,
                 help="What uncertain labels become, in all columns or in COL: ignore (unknown), "
                 "zeros, ones, soft=P (trained on, not scored) or class (of its own)."),
    click.option("--uncertain-word", "uncertain_words", metavar="WORD,...", multiple=True,
                 help="How uncertain is written. [-1]"),
    click.option("--separator", metavar="TEXT",
                 help="The target holds several labels in a cell, with this between them: '|'."),
    click.option("--none-word", metavar="WORD",
                 help="The cell that says that no label applies: every label is no."),
)  # fmt: skip


def with_cells(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command, which gets `cells`: what was given, as for `CellRules`."""

    @_OPTIONS
    @functools.wraps(function)
    def command(*args: Any, **given: Any) -> Any:
        cells = {name: given.pop(name) for name in _NAMES}
        return function(*args, cells=_read(cells), **given)

    return command


def _read(given: dict[str, Any]) -> dict[str, Any]:
    """Return what was given as arguments of `CellRules`.

    Example:
        >>> _read({"missing": ("NA,?",), "uncertain": ("ignore", "edema=soft=0.6")})
        {'missing': ('NA', '?'), 'uncertain': {'': 'ignore', 'edema': 'soft=0.6'}}
    """
    if given.get("uncertain_words") and not given.get("uncertain"):
        raise click.UsageError("--uncertain-word needs --uncertain HOW.")
    out: dict[str, Any] = {}
    for name, value in given.items():
        if not value:
            continue
        if name == "uncertain":
            out[name] = _by_column(value)
        else:
            out[name] = value if isinstance(value, str) else split_names(value)
    return out


def _by_column(given: Sequence[str]) -> dict[str, str]:
    found = {}
    for item in given:
        read = _HOW.fullmatch(item)
        if read is None:
            raise click.UsageError(
                f"--uncertain {item!r}: expected ignore, zeros, ones, soft=P or class, or one of "
                "these for a column, COL=HOW."
            )
        found[read["column"] or ""] = read["how"]
    return found
