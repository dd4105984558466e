"""`python -m benchmarks train-time`: what `labelfeed train` takes as a whole command, beside peers.

Every figure is of a process of its own, from its start to its end, imports included.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.common import parser, progress, save_json, table
from benchmarks.train_time_peers import PEERS
from labelfeed.cli.backends import BACKENDS

__all__ = ["main", "measured", "write_rows"]

_FEATURES = 20
_IMPORTS = (
    "from labelfeed.cli.backends import start_backend; start_backend({!r}); "
    "import labelfeed.cli.train"
)
_HEADER = ["rows", "labels", "command", "wall, s", "CPU, s", "imports: wall, s", "CPU, s",
           "peak, MB", "labelfeed's wall / its"]  # fmt: skip
_LEGEND = """
Medians of whole processes, run in turn. labelfeed cross-fits four plain models (six fits each),
blends them, saves and scores; a peer fits one model a label and predicts. Imports: a process that
stops after them, which is the floor. The last column: median over turns, of the first command."""


def write_rows(path: Path, rows: int, labels: int, seed: int = 0) -> None:
    """Write made-up rows: 20 numbers, and labels that go together and depend on curves of them."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, _FEATURES))
    common = rng.normal(size=rows)
    made = pd.DataFrame(x.round(5), columns=[f"x{i}" for i in range(_FEATURES)])
    for label in range(labels):
        way, bent = rng.normal(size=(2, _FEATURES)) / np.sqrt(_FEATURES)
        score = x @ way + np.abs(x @ bent) + 0.7 * common + 0.5 * rng.normal(size=rows)
        made[f"y{label}"] = (score > 1.0).astype(int)
    made.to_csv(path, index=False)


def measured(command: list[str]) -> dict[str, float]:
    """Return seconds on the clock and of the processors, and peak memory in MB, of a command.

    Raises:
        RuntimeError: It failed; what it said stands in the message.
    """
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=said, stderr=said)
        _, status, used = os.wait4(process.pid, 0)  # with what it used, which `wait` keeps back
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise RuntimeError(f"{command} failed: {said.read().decode(errors='replace')[-2000:]}")
    peak = used.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    return {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "peak_mb": peak}


def main(argv: list[str] | None = None) -> None:
    """Print wall and processor seconds, memory and ratios by rows, labels and command."""
    made = parser("train-time", __doc__ or "")
    made.add_argument("--rows", type=int, nargs="+", default=[1000, 10_000])
    made.add_argument("--labels", type=int, nargs="+", default=[1, 10])
    made.add_argument("--backends", nargs="*", choices=BACKENDS, default=list(BACKENDS))
    made.add_argument("--peers", nargs="*", choices=list(PEERS), default=list(PEERS))
    made.add_argument("--repeats", type=int, default=3, help="turns, of which medians are taken")
    options = made.parse_args(argv)
    peers = [name for name in options.peers if _there(PEERS[name][0], name)]
    backends = [name for name in options.backends if _there(name, f"labelfeed on {name}")]
    commands = {f"labelfeed, {name}": _ours(name) for name in backends}
    commands |= {name: _peer(name) for name in peers}
    figures, lines = [], []
    with tempfile.TemporaryDirectory() as folder:
        file, run = Path(folder) / "rows.csv", Path(folder) / "run"
        imports: dict[str, list[dict[str, float]]] = {name: [] for name in commands}
        for _ in range(options.repeats):
            for name, (_, floor) in commands.items():
                imports[name].append(measured(floor))
        for rows in options.rows:
            for labels in options.labels:
                write_rows(file, rows, labels)
                found: dict[str, list[dict[str, float]]] = {name: [] for name in commands}
                for turn in range(options.repeats):
                    for name, (command, _) in commands.items():
                        shutil.rmtree(run, ignore_errors=True)
                        filled = [part.format(file=file, run=run) for part in command]
                        if name.startswith("labelfeed"):
                            for label in range(1, labels):
                                filled += ["--label", f"y{label}"]
                        found[name].append(measured(filled))
                    progress(f"{rows} rows, {labels} labels: turn {turn + 1}")
                first = next(iter(commands))
                for name, own in found.items():
                    ratio = statistics.median(
                        a["wall"] / b["wall"] for a, b in zip(found[first], own, strict=True)
                    )
                    lines.append([rows, labels, name, *_cells(own, imports[name]), f"{ratio:.2f}"])
                figures.append({"rows": rows, "labels": labels, "found": found})
    print(table(lines, _HEADER))
    print(_LEGEND)
    save_json(options.json, {"imports": imports, "train_time": figures})


def _ours(backend: str) -> tuple[list[str], list[str]]:
    train = [sys.executable, "-m", "labelfeed", "train", "{file}", "--target", "y0", "--quiet",
             "--out", "{run}", "--backend", backend]  # fmt: skip
    return train, [sys.executable, "-c", _IMPORTS.format(backend)]


def _peer(name: str) -> tuple[list[str], list[str]]:
    program = [sys.executable, "-m", "benchmarks.train_time_peers", name]
    return [*program, "{file}"], [*program, "-"]


def _there(package: str, what: str) -> bool:
    found = importlib.util.find_spec(package) is not None
    if not found:
        progress(f"{what} is left out: {package} is not installed.")
    return found


def _cells(own: list[dict[str, float]], floor: list[dict[str, float]]) -> list[str]:
    def median(all_: list[dict[str, float]], figure: str) -> float:
        return statistics.median(one[figure] for one in all_)

    seconds = [median(of, figure) for of in (own, floor) for figure in ("wall", "cpu")]
    return [*(f"{value:.1f}" for value in seconds), f"{median(own, 'peak_mb'):.0f}"]
