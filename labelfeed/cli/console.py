"""Messages and progress of the commands: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import contextlib
import json
import math
import re
import shlex
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click
import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from labelfeed.data.dataset import Dataset
from labelfeed.printable import ACTS, printable, printable_lines
from labelfeed.types import JSON

__all__ = [
    "PhaseBars",
    "in_chunks",
    "note",
    "phase_bars",
    "print_json",
    "progress",
    "reading_images",
    "reading_rows",
    "say",
    "tell_leftovers",
]

_CHUNK = (8192, 65536)  # rows per step of the progress bar: at least, at most
_NUMBERS = 1 << 24  # of these rows
_PLAIN_SECONDS = 10.0  # without a terminal, a line at least this often while work goes on


def say(text: str, err: bool = False) -> None:
    """Print what was asked for on stdout; names in it cannot act on the terminal."""
    click.echo(printable_lines(text), err=err)


def note(line: str, quiet: bool = False) -> None:
    """Tell the user something on stderr, in one line."""
    if not quiet:
        click.echo(f"note: {printable(line)}", err=True)


def print_json(content: JSON) -> None:
    """Print JSON on stdout."""
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    # What JSON leaves as it is and a terminal does not: escaped as JSON does.
    click.echo("\n".join(ACTS.sub(_in_json, line) for line in text.split("\n")))


@contextlib.contextmanager
def progress(what: str, total: int, quiet: bool = False) -> Iterator[Callable[..., None]]:
    """Yield `step(done, text="")`, which shows how far the work is, on stderr.

    On a terminal it moves a bar. Elsewhere it writes a line without control characters after
    every tenth of the work, or every ten seconds.

    Args:
        what: The work, as "train".
        total: How much there is to do.
        quiet: Show nothing.
    """
    if quiet:
        yield lambda done, text="": None
    elif sys.stderr.isatty():
        columns = (
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            TimeElapsedColumn(), TextColumn("{task.fields[text]}"),
        )  # fmt: skip
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(escape(what), total=total, text="")
            yield lambda done, text="": bar.update(task, completed=done, text=escape(text))
    else:
        yield _plain_steps(what, total)


class PhaseBars:
    """A bar for each phase of a training, of its own length: a phase may stop early.

    Args:
        what: The work, as "train".
        phases: How many phases there are.
        epochs: How many epochs each takes at most.
        quiet: Show nothing.
    """

    def __init__(self, what: str, phases: int, epochs: int, quiet: bool) -> None:
        """Show nothing yet."""
        self._what, self._phases, self._epochs, self._quiet = what, phases, epochs, quiet
        self._stack = contextlib.ExitStack()
        self._step: Callable[..., None] = lambda done, text="": None
        self._done = self._before = 0

    def phase(self, number: int) -> None:
        """Start the bar of a phase, counted from 1."""
        self.close()
        self._before = self._done
        what = (
            f"{self._what}, phase {number} of {self._phases}," if self._phases > 1 else self._what
        )
        self._step = self._stack.enter_context(progress(what, self._epochs, self._quiet))

    def before(self, what: str) -> Callable[[int, int], None]:
        """Return `step(done, total)` for work before the first phase, which has a bar of its own.

        Args:
            what: The work, as "judge labels".
        """

        def step(done: int, total: int) -> None:
            if not done:
                self._step = self._stack.enter_context(progress(what, total, self._quiet))
            self._step(done)
            if done == total:
                self.close()

        return step

    def step(self, epoch: int, text: str = "") -> None:
        """Show that an epoch is done, counted from 1 on through the phases."""
        self._done = epoch
        self._step(epoch - self._before, text)

    def close(self) -> None:
        """Take the bar away."""
        self._stack.close()


@contextlib.contextmanager
def phase_bars(what: str, phases: int, epochs: int, quiet: bool = False) -> Iterator[PhaseBars]:
    """Yield the bars of a training; arguments as for `PhaseBars`."""
    bars = PhaseBars(what, phases, epochs, quiet)
    with contextlib.closing(bars):
        yield bars


def tell_leftovers(paths: Sequence[Path], quiet: bool = False) -> None:
    """Name what a kill left behind, and how to get rid of it."""
    for path in paths:
        remove = f"rm -r {shlex.quote(str(path))}"
        note(
            f"{path} is half written, by a labelfeed that was killed: nothing needs it; unless one "
            f"is writing there now, remove it ({remove})",
            quiet,
        )


@contextlib.contextmanager
def reading_images(quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Yield `on_image(done, total)` for `load_data`, which shows how far reading is."""
    with contextlib.ExitStack() as stack:
        steps: list[Callable[..., None]] = []

        def on_image(done: int, total: int) -> None:
            if not steps:
                steps.append(stack.enter_context(progress("read images", total, quiet)))
            steps[0](done)

        yield on_image


@contextlib.contextmanager
def reading_rows(quiet: bool) -> Iterator[Callable[[int], None]]:
    """Yield `on_rows(done)`, which shows how many rows have been read; nobody knows of how many.

    On a terminal that is one line that changes; elsewhere a line every ten seconds.

    Args:
        quiet: Show nothing.
    """
    if quiet:
        yield lambda done: None
    elif sys.stderr.isatty():
        columns = TextColumn("read {task.completed:,} rows"), TimeElapsedColumn()
        with Progress(*columns, console=Console(stderr=True), transient=True) as line:
            task = line.add_task("", total=None)
            yield lambda done: line.update(task, completed=done)
    else:
        last = [time.monotonic()]

        def on_rows(done: int) -> None:
            if time.monotonic() - last[0] > _PLAIN_SECONDS:
                last[0] = time.monotonic()
                click.echo(f"read {done:,} rows", err=True)

        yield on_rows


def in_chunks(dataset: Dataset, what: str, quiet: bool) -> Iterator[tuple[slice, Dataset]]:
    """Yield a slice and its rows, one chunk after another and at least one, with a progress bar.

    Args:
        dataset: The rows.
        what: What is done with them, for the bar.
        quiet: Show no bar.
    """
    width = max(math.prod(dataset.features.shape[1:]), dataset.spec.num_classes, 1)
    size = int(np.clip(_NUMBERS // width, *_CHUNK))
    with progress(what, len(dataset), quiet) as step:
        for start in range(0, max(len(dataset), 1), size):
            end = min(start + size, len(dataset))
            yield slice(start, end), dataset.take(slice(start, end))
            step(end)


def _in_json(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def _plain_steps(what: str, total: int) -> Callable[..., None]:
    last = {"tenth": 0, "time": time.monotonic()}

    def step(done: int, text: str = "") -> None:
        tenth, now = 10 * done // max(total, 1), time.monotonic()
        if tenth > last["tenth"] or now - last["time"] > _PLAIN_SECONDS:
            last.update(tenth=tenth, time=now)
            click.echo(printable(f"{what} {done}/{total} {text}".rstrip()), err=True)

    return step
