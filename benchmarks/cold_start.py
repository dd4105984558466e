"""`labelfeed predict` and `ask` from a fresh process: with the ONNX copy, and with Keras.

    python -m benchmarks cold-start [--repeats 5] [--backend tensorflow] [--json FILE]

The floor is a process that imports NumPy, pandas and ONNX Runtime and does nothing. Commands take
turns. Processor time is what a wall clock shows on an idle machine.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer

from benchmarks.common import parser, progress, save_json, table

_FLOOR = "import numpy, pandas, onnxruntime"
# A process counts in its peak what its parent held when it started: so the parent holds nothing.
_LEAN = """
import json, os, subprocess, sys, time
start = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, used = os.wait4(process.pid, 0)
wall, code = time.perf_counter() - start, os.waitstatus_to_exitcode(status)
print(json.dumps([wall, used.ru_utime + used.ru_stime, used.ru_maxrss, code]))
"""
_LABELFEED = (sys.executable, "-m", "labelfeed")


def tables(folder: Path) -> tuple[Path, Path]:
    """Write the 569 rows of breast cancer, and 300 rows with three labels made up of them."""
    frame = load_breast_cancer(as_frame=True).frame
    several = frame.iloc[:300, :8].copy()
    rng = np.random.default_rng(0)
    for name, column in zip(("rash", "cough", "fever"), several.columns, strict=False):
        noise = rng.normal(scale=several[column].std(), size=len(several))
        several[name] = (several[column] + noise > several[column].median()).astype(int)
    paths = folder / "rows.csv", folder / "several.csv"
    frame.to_csv(paths[0], index=False)
    several.to_csv(paths[1], index=False)
    return paths


def timed(command: Sequence[str], backend: str) -> dict[str, float]:
    """Run a command; return its seconds, its seconds of processor and its peak in MB.

    Raises:
        RuntimeError: It failed.
    """
    env = {**os.environ, "KERAS_BACKEND": backend}
    lean = [sys.executable, "-I", "-S", "-c", _LEAN, *command]
    done = subprocess.run(lean, env=env, stdout=subprocess.PIPE, check=True)
    wall, processor, peak, code = json.loads(done.stdout)
    if code:
        raise RuntimeError(f"{' '.join(command)} ended with {code}.")
    return {"seconds": wall, "processor": processor, "peak_mb": peak / 2**10}


def commands(folder: Path, backend: str) -> dict[str, tuple[str, ...]]:
    """Train both runs, write their ONNX copies, and return the commands to time, by name."""
    rows, several = tables(folder)
    one, more = str(folder / "one"), str(folder / "more")
    labels = ("--target", "rash", "--label", "cough", "--label", "fever")
    training = ((one, rows, ("--target", "target")), (more, several, labels))
    for run, data, wanted in training:
        for made in (
            ("train", str(data), *wanted, "--out", run),
            ("export", run, "--format", "onnx"),
        ):
            subprocess.run([*_LABELFEED, *made, "--quiet"], check=True)
    out = str(folder / "out.csv")
    predict = (*_LABELFEED, "predict", one, str(rows), "--out", out, "--overwrite", "--quiet")
    ask = (*_LABELFEED, "ask", more, str(several), "--about", "rash", "--row", "1")
    keras = ("--backend", backend)
    return {
        "floor: NumPy, pandas, ONNX Runtime": (sys.executable, "-c", _FLOOR),
        "predict, ONNX copy": predict,
        "ask, ONNX copy": ask,
        f"predict, Keras on {backend}": (*predict, *keras),
        f"ask, Keras on {backend}": (*ask, *keras),
    }


def main(arguments: list[str]) -> None:
    options = parser("cold-start", __doc__)
    options.add_argument("--repeats", type=int, default=5, help="of each command [5]")
    options.add_argument("--backend", default="tensorflow", help="of Keras [tensorflow]")
    given = options.parse_args(arguments)
    found: dict[str, list[dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        todo = commands(Path(folder), given.backend)
        for turn in range(given.repeats + 1):
            for name, command in todo.items():
                measured = timed(command, given.backend)
                if turn:  # the first reads the files from the disk
                    found.setdefault(name, []).append(measured)
            progress(f"turn {turn} of {given.repeats}")
    middle = {
        name: {key: statistics.median(one[key] for one in several) for key in several[0]}
        for name, several in found.items()
    }
    floor = next(iter(middle.values()))
    rows = [
        (name, f"{one['seconds']:.2f}", f"{one['processor']:.2f}", f"{one['peak_mb']:.0f}",
         f"{one['processor'] / floor['processor']:.1f}")
        for name, one in middle.items()
    ]  # fmt: skip
    print(table(rows, ("command", "seconds", "processor s", "peak MB", "x floor")))
    save_json(given.json, {"repeats": given.repeats, "backend": given.backend, "found": found})
