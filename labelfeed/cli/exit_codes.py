"""What goes wrong in a command: one line on stderr and an exit code, the same for all commands."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from typing import Any

import click

from labelfeed.cli.backends import BackendError
from labelfeed.printable import printable

__all__ = ["LEAK", "Commands"]

_LONGEST = 4000  # characters of an error: a cell that it names can be a whole file
_NAMES = {"MemoryError": "there is not enough memory."}  # of errors that say nothing
LEAK, BAD_INPUT, CRASH, INTERRUPTED = 1, 2, 3, 130


class Commands(click.Group):
    """Turns what goes wrong into one line on stderr and an exit code; see docs/cli.md."""

    def main(  # type: ignore[override]
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> Any:
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
