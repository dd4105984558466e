"""Odd and hostile inputs: labels, files, folders of runs, and trainings that are killed.

Each case is made with the outcome that is right: a value, or a clear error (one line, of the kind
that the documentation names, exit code 2). Everything else is a fault: a silent misreading, another
exception, a hang, more memory than allowed. All cases follow from the seed.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.common import in_process, parser, progress, save_json, table
from benchmarks.inputs_files import file_case
from benchmarks.inputs_labels import label_case
from benchmarks.inputs_streams import stream_case
from benchmarks.inputs_tally import Case, Tally, bounded_memory
from labelfeed.data.dataset import DataError
from labelfeed.labels.errors import CellError, LabelError

__all__ = ["KINDS", "main", "tallied_kind"]

Cases = Callable[[int], Case]


@contextlib.contextmanager
def _labels(seed: int, folder: Path) -> Iterator[tuple[Tally, Cases]]:
    yield Tally("labels", (LabelError,), 10, 200), lambda n: label_case(seed, n)


@contextlib.contextmanager
def _files(seed: int, folder: Path) -> Iterator[tuple[Tally, Cases]]:
    yield Tally("files", (CellError,), 30, 500), lambda n: file_case(seed, n, folder)


@contextlib.contextmanager
def _commands(seed: int, folder: Path) -> Iterator[tuple[Tally, Cases]]:
    from benchmarks.inputs_command import command_case

    yield Tally("commands", (DataError,), 30, 500), lambda n: command_case(seed, n, folder)


@contextlib.contextmanager
def _runs(seed: int, folder: Path) -> Iterator[tuple[Tally, Cases]]:
    from benchmarks.inputs_runs import made_run, run_case

    yield _of_base("runs", made_run, run_case, seed, folder)


@contextlib.contextmanager
def _streams(seed: int, folder: Path) -> Iterator[tuple[Tally, Cases]]:
    yield Tally("streams", (CellError,), 30, 500), lambda n: stream_case(seed, n, folder / "files")


@contextlib.contextmanager
def _generators(seed: int, folder: Path) -> Iterator[tuple[Tally, Cases]]:
    from benchmarks.inputs_generators import generator_case, made_generator

    yield _of_base("generators", made_generator, generator_case, seed, folder)


def _of_base(
    name: str,
    made: Callable[[Path], Any],
    case: Callable[[int, int, Any, Path], Case],
    seed: int,
    folder: Path,
) -> tuple[Tally, Cases]:
    """Return the cases that change a folder which is made once."""
    from labelfeed.runs.kept import RunError

    base = made(folder / "base")
    tally = Tally(name, (CellError, RunError), 60, 500)
    return tally, lambda n: case(seed, n, base, folder / "work")


@contextlib.contextmanager
def _checkpoints(seed: int, folder: Path) -> Iterator[tuple[Tally, Cases]]:
    from benchmarks.inputs_checkpoints import checkpoint_case, made_checkpoint
    from labelfeed.records.checkpoint import CheckpointError

    base, work = folder / "base", folder / "work"
    wanted = made_checkpoint(base)
    tally = Tally("checkpoints", (CheckpointError,), 60, 500)
    yield tally, lambda n: checkpoint_case(seed, n, base, work, wanted)


@contextlib.contextmanager
def _kills(seed: int, folder: Path) -> Iterator[tuple[Tally, Cases]]:
    from benchmarks.inputs_kills import Kills

    yield Tally("kills", (), 300, 500), Kills(folder, seed).case


# name: (its cases, how many of them for each 1000 labels)
KINDS = {
    "labels": (_labels, 1000),
    "files": (_files, 75),
    "commands": (_commands, 25),
    "runs": (_runs, 60),
    "streams": (_streams, 50),
    "generators": (_generators, 20),
    "checkpoints": (_checkpoints, 40),
    "kills": (_kills, 3),
}
_LIMIT_MB = 4000
_HEADER = ["kind", "tried", "right", "clear error", "wrong", "other error", "seconds",
           "slowest, s", "peak, MB"]  # fmt: skip
_LEGEND = """
Right: the value that was written. Clear error: one line that names what is wrong, and row and
column where there is one. Wrong: read as something else, or refused though it fits. Other error:
another exception or exit code, a hang, too much memory. Peak: the most by which a case raised the
memory of the process. Kills are right where the earlier run stands or the new one is whole, and
what is left behind is told."""


def tallied_kind(kind: str, tries: int, seed: int) -> Tally:
    """Run the cases of a kind in this process.

    Args:
        kind: One of `KINDS`.
        tries: Number of cases.
        seed: Of all cases.
    """
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with KINDS[kind][0](seed, Path(folder)) as (tally, case):
            for number in range(tries):
                tally.take(dataclasses.replace(made := case(number), what=f"{number}: {made.what}"))
    return tally


def main(arguments: list[str] | None = None) -> None:
    """Print the table, and each fault."""
    made = parser("inputs", __doc__ or "")
    made.add_argument(
        "--tries", type=int, default=20_000, help="labels; of the others in proportion"
    )
    made.add_argument("--seed", type=int, default=0)
    made.add_argument("--kinds", nargs="+", default=list(KINDS), choices=KINDS, metavar="KIND")
    made.add_argument("--backend", default="torch", help="of runs; kills need torch")
    made.add_argument("--one", choices=KINDS, help="this many of one kind here, print JSON")
    options = made.parse_args(arguments)
    if options.one:
        bounded_memory(_LIMIT_MB)
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # behind nohup
            signal.signal(signal.SIGINT, signal.default_int_handler)
        found = dataclasses.asdict(tallied_kind(options.one, options.tries, options.seed))
        print(json.dumps({**found, "refusals": []}))
        return
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # trainings of sixty rows, forked
    results: list[dict[str, Any]] = []
    for kind in options.kinds:
        tries = max(options.tries * KINDS[kind][1] // 1000, 1)
        progress(f"{kind}: {tries} cases, seed {options.seed}")
        backend = "torch" if kind == "kills" else options.backend
        given = ("inputs", "--one", kind, "--tries", tries, "--seed", options.seed)
        try:
            results.append(in_process(backend, *given))
        except subprocess.CalledProcessError as error:
            sys.exit(f"{kind}: the process died ({error.returncode}): a fault by itself.")
    print(table([_row(found) for found in results], _HEADER))
    print(f"Seed {options.seed}.{_LEGEND}")
    for found in results:
        for fault in found["faults"]:
            print(f"FAULT {found['kind']} {fault}")
    save_json(options.json, {"seed": options.seed, "inputs": results})


def _row(found: dict[str, Any]) -> list[Any]:
    counts = [found[key] for key in ("right", "refused", "wrong", "other")]
    times = [f"{found[key]:.1f}" for key in ("seconds", "slowest")]
    return [found["kind"], sum(counts), *counts, *times, f"{found['peak_mb']:.0f}"]
