"""`labelfeed report`: runs, comparisons and studies on one page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from labelfeed.cli.console import say, tell_leftovers
from labelfeed.report.report_page import ReportError, write_report_page
from labelfeed.writing import leftovers, try_place

__all__ = ["check_page", "run_report"]


def check_page(path: str | Path, quiet: bool = False) -> Path:
    """Return the path of a page to write; raise `ReportError` unless that is possible."""
    place = Path(path)
    if place.suffix.lower() not in (".html", ".htm"):
        raise ReportError(f"{path}: the report must end in .html.")
    if place.is_dir():
        raise ReportError(f"{path} is a folder; give a file.")
    try:
        try_place(place.parent, place.name)
    except OSError as error:
        raise ReportError(f"{path} cannot be written: {error}") from error
    tell_leftovers(leftovers(place.parent, place.name), quiet)
    return place


def run_report(sources: Sequence[str], out: str, *, quiet: bool = False, command: str = "") -> None:
    """Write a page, and print its verdicts.

    Args:
        sources: Folders of runs, comparisons and studies.
        out: `.html` file to write.
        quiet: Print errors only.
        command: What was typed.
    """
    place = check_page(out, quiet)
    try:
        verdicts = write_report_page(place, sources, command)
    except OSError as error:
        raise ReportError(f"{out} cannot be written: {error}") from error
    if not quiet:
        for verdict in verdicts:
            say(verdict)
        say(f"written to {out}")
