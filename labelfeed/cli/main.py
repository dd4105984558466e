"""The command line. Nothing heavy is imported here: `--help` answers at once."""

from __future__ import annotations

from pathlib import Path

import click

from labelfeed import __version__
from labelfeed.cli.backends import start_backend
from labelfeed.cli.common_options import COMMON
from labelfeed.cli.data_commands import DATA_COMMANDS
from labelfeed.cli.exit_codes import Commands
from labelfeed.cli.run_commands import RUN_COMMANDS

__all__ = ["main"]


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="labelfeed")
def main() -> None:
    """Labels as inputs for Keras: fed in training, never leaked, never needed later."""


for command in (*DATA_COMMANDS, *RUN_COMMANDS):
    main.add_command(command)


@main.command("demo")
@click.option("--out", default="demo-run", show_default=True, metavar="DIR", help="Folder.")
@COMMON
def _demo(out: str, backend: str | None, quiet: bool) -> None:
    """Show on real data what leaks, what does not, and what a label input is worth."""
    start_backend(backend)
    from rich.console import Console

    from labelfeed.demo import run_demo

    run_demo(Path(out), console=Console(quiet=quiet))
