"""`labelfeed evaluate --report`: the scores of a run as a page, by the known share."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from labelfeed.audit.run_curves import run_curves
from labelfeed.cli.output import try_out
from labelfeed.data.dataset import DataError, Dataset
from labelfeed.records.held_out import HeldOut
from labelfeed.report.run_page import write_run_page
from labelfeed.runs.folder import Run

__all__ = ["check_report", "write_report"]


def check_report(path: str, data: str | Sequence[str], quiet: bool = False) -> None:
    """Raise `DataError` unless a page can be written to `path`; that is tried."""
    place = Path(path)
    if place.suffix.lower() not in (".html", ".htm"):
        raise DataError(f"{path}: the report must end in .html.")
    named = [data] if isinstance(data, str) else data
    there = [file for file in named if Path(file).exists()]
    same = os.path.exists(place) and any(place.samefile(file) for file in there)
    if same or os.path.isdir(place):  # a Path raises where the name is too long
        raise DataError(f"{path} is a folder or the data itself; choose another file.")
    try_out(place, quiet)


def write_report(
    path: Path, run: Run, rows: Dataset, metrics: dict[str, Any], held: HeldOut | None = None
) -> None:
    """Write a page with the scores of a run; for several labels with its information curve.

    Args:
        path: `.html` file; its folders are made.
        run: The run.
        rows: Labelled rows to judge it on.
        metrics: What `evaluate_run` returned for them.
        held: The predictions that it rests on.

    Raises:
        DataError: The file cannot be written.
    """
    curves = run_curves(run, rows)
    what = f"{rows.source}: {metrics.get('rows', len(rows))}"
    try:
        write_run_page(path, run.spec.name, what, metrics, curves, held, run.spec)
    except OSError as error:
        raise DataError(f"{path} cannot be written: {error}") from error
