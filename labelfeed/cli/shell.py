"""What all commands share: error lines and exit codes, common options, the choice of a backend."""

from __future__ import annotations

import functools
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from typing import Any

import click

from labelfeed.cli.backends import BACKENDS, BackendError, choose_backend
from labelfeed.limits import limits
from labelfeed.printable import printable

__all__ = [
    "COMMON",
    "JUDGED",
    "LEAK",
    "READING",
    "Commands",
    "consented",
    "options_of",
    "split_names",
    "start_backend",
]

_LONGEST = 4000  # characters of an error: a cell that it names can be a whole file
_NAMES = {"MemoryError": "there is not enough memory."}  # of errors that say nothing
LEAK, BAD_INPUT, CRASH, INTERRUPTED = 1, 2, 3, 130


class Commands(click.Group):
    """Turns what goes wrong into one line on stderr and an exit code; see docs/cli.md."""

    def main(self, args: Any = None, prog_name: str | None = None, **extra: Any) -> Any:  # type: ignore[override]
        """Run a command; exit with the code that docs/cli.md promises."""
        given = list(sys.argv[1:] if args is None else args)
        extra["standalone_mode"] = False
        try:
            code = super().main(args=given, prog_name=prog_name or "labelfeed", **extra)
        except click.ClickException as error:
            error.show()
            code = BAD_INPUT
        except (click.Abort, KeyboardInterrupt):
            click.echo("Interrupted.", err=True)
            code = INTERRUPTED
        except BrokenPipeError:
            sys.stderr.close()  # the reader has gone, as in `labelfeed ... | head`
            code = 0
        except Exception as error:
            expected = isinstance(error, (ValueError, BackendError, OSError, MemoryError))
            code = BAD_INPUT if expected else CRASH
            if "--debug" in given:
                traceback.print_exc()
            else:
                first = "" if expected else f"internal error, {type(error).__name__}: "
                hint = "" if expected else " (--debug shows where)"
                name = type(error).__name__
                text = printable(" ".join(str(error).split())) or _NAMES.get(name, name)
                text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."
                click.echo(f"Error: {first}{text}{hint}", err=True)
        sys.exit(code if isinstance(code, int) else 0)


def options_of(*options: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Apply several options, in the order in which help shows them."""

    def decorate(function: Any) -> Any:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


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


def start_backend(backend: str | None) -> None:
    """Choose the backend, then import Keras without what TensorFlow writes to fd 2 meanwhile."""
    choose_backend(backend)
    if "--debug" in sys.argv or "keras" in sys.modules:
        return
    with tempfile.TemporaryFile() as hushed:
        try:
            stderr = os.dup(2)
        except OSError:  # there is no stderr
            return
        os.dup2(hushed.fileno(), 2)
        try:
            import keras  # noqa: F401
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
