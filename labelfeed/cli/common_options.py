"""The options that several commands share, and how a repeatable one is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

from labelfeed.cli.backends import BACKENDS

__all__ = ["COMMON", "JUDGED", "options_of", "split_names"]


def options_of(*options: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Apply several options, in the order in which help shows them."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


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
    click.option("--json", "as_json", is_flag=True, help="Print JSON only."),
)


def split_names(given: Sequence[str]) -> tuple[str, ...]:
    """Return the column names of a repeatable option whose items may hold several: `A,B`.

    Example:
        >>> split_names(["scanner, view", "site"])
        ('scanner', 'view', 'site')
    """
    return tuple(name.strip() for item in given for name in item.split(",") if name.strip())
