"""The options that several commands share, and how a repeatable one is read."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import click

from labelfeed.cli.backends import BACKENDS
from labelfeed.limits import limits

__all__ = [
    "COMMON",
    "JUDGED",
    "PLAIN_CELLS",
    "READING",
    "consented",
    "options_of",
    "split_names",
]


def options_of(*options: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Apply several options, in the order in which help shows them."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


PLAIN_CELLS = click.option(
    "--plain-cells",
    "plain",
    is_flag=True,
    help="Put an apostrophe before text that a spreadsheet would run: = + - @ first.",
)


def _limit(context: click.Context, option: click.Parameter, value: int | None) -> None:
    """Hold a limit of what files may unpack to until the command ends."""
    context.with_resource(limits(**{str(option.name): value}))


READING = options_of(
    click.option(
        "--max-pixels",
        type=click.IntRange(min=1),
        expose_value=False,
        callback=_limit,
        help="Most pixels of one picture. [64 million]",
    ),
    click.option(
        "--max-bytes",
        type=click.IntRange(min=1),
        expose_value=False,
        callback=_limit,
        help="Most bytes that a file unpacks to. [half of the memory; text: an eighth]",
    ),
)
COMMON = options_of(
    click.option("--backend", type=click.Choice(BACKENDS), help="Keras backend to run on."),
    click.option("--quiet", is_flag=True, help="Print errors only (and what was asked for)."),
    click.option("--debug", is_flag=True, expose_value=False, help="Show where an error arose."),
)
JUDGED = options_of(
    click.option(
        "--rows",
        type=click.Choice(["auto", "held-out", "all"]),
        default="auto",
        show_default=True,
        help="auto: the held-out rows of the training file, all labelled rows of any other.",
    ),
    click.option("--labels-file", metavar="TABLE", help="CSV/Parquet with the labels of images."),
    click.option("--group", metavar="COL", help="Column of groups, if it has another name here."),
    click.option("--json", "as_json", is_flag=True, help="Print JSON only."),
)


def consented(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that let a run import its own code; the command gets `trust`.

    `trust` is `False`, `True`, or the one `module:function` that the run may name.
    """

    @click.option("--network", metavar="MODULE:FUNCTION",
                  help="Import this, the own network that RUN was trained with.")  # fmt: skip
    @click.option("--trust", is_flag=True, help="Import whatever code RUN names.")
    @functools.wraps(function)
    def command(*args: Any, network: str | None, trust: bool, **given: Any) -> Any:
        return function(*args, trust=network or trust, **given)

    return command


def split_names(given: Sequence[str]) -> tuple[str, ...]:
    """Return the column names of a repeatable option whose items may hold several: `A,B`.

    Example:
        >>> split_names(["scanner, view", "site"])
        ('scanner', 'view', 'site')
    """
    return tuple(name.strip() for item in given for name in item.split(",") if name.strip())
