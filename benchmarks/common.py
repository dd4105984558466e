"""What benchmarks share: medians, paired intervals, tables, JSON output."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from labelfeed.metrics.intervals import Interval, interval_of
from labelfeed.report.tables import Table, figure, table_markdown

__all__ = [
    "in_process",
    "machine",
    "median_time",
    "paired_interval",
    "parser",
    "progress",
    "save_json",
    "table",
]


def in_process(backend: str, *arguments: Any) -> dict[str, Any]:
    """Run `python -m benchmarks ARGUMENTS` on a backend, in a process of its own.

    Returns:
        The JSON object that it prints as its last line.

    Raises:
        subprocess.CalledProcessError: It failed; what it said stands on stderr.
    """
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *map(str, arguments)],
        env={**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def paired_interval(
    first: Sequence[float], second: Sequence[float], confidence: float = 0.95
) -> Interval:
    """Return the t interval of `second - first`, pair by pair (one pair a seed).

    Args:
        first: One number a seed.
        second: The same seeds under the other condition.
        confidence: In (0, 1).

    Reference: Student (1908), "The probable error of a mean".

    Example:
        >>> f"{paired_interval([0.5, 0.6, 0.7], [0.6, 0.7, 0.8]):+.3f}"
        '+0.100 [+0.100, +0.100]'
    """
    return interval_of([b - a for a, b in zip(first, second, strict=True)], confidence)


def median_time(step: Callable[[], Any], repeats: int = 5, warm_up: int = 1) -> float:
    """Return the median seconds of `repeats` calls after `warm_up` unmeasured ones."""
    for _ in range(warm_up):
        step()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def table(rows: Sequence[Sequence[Any]], header: Sequence[str]) -> str:
    """Return rows as a Markdown table; floats get three decimals, intervals signs as well."""
    cells = tuple(tuple(map(_cell, row)) for row in rows)
    return table_markdown(Table("", tuple(header), cells))


def _cell(value: Any) -> str:
    if isinstance(value, Interval):
        return f"{value:+.3f}"
    return figure(value) if value is None or isinstance(value, float) else str(value)


def machine() -> dict[str, Any]:
    """Return what a reader needs to place the figures: backend, versions, cores."""
    import keras

    return {
        "backend": keras.backend.backend(),
        "keras": keras.__version__,
        "python": platform.python_version(),
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "machine": platform.machine(),
    }


def parser(name: str, description: str) -> argparse.ArgumentParser:
    """Return the argument parser of a benchmark, with `--json`."""
    made = argparse.ArgumentParser(prog=f"python -m benchmarks {name}", description=description)
    made.add_argument("--json", type=Path, metavar="FILE", help="write all figures to FILE too")
    return made


def progress(text: str) -> None:
    """Print a progress line to the error stream at once."""
    print(text, file=sys.stderr, flush=True)


def save_json(path: Path | None, figures: dict[str, Any]) -> None:
    """Write the figures with the machine's description, if a path was given."""
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"machine": machine(), **figures}, indent=2) + "\n")
