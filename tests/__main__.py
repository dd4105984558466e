"""Runs the suite: the tests without Keras, then those with it, once per backend.

python -m tests                               everything
python -m tests --backend jax -k visibility   one backend; the rest goes to pytest

All of it: one backend after the other, its test files shared among the cores, the ten slowest tests
of each printed. A few files: the backends beside each other, one process each.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import importlib.util
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from tests._backends import BACKENDS, ROOT, touches_keras

_NO_TESTS = 5  # pytest's exit status when nothing was collected
_RUNS = ("none", "torch", "tensorflow", "jax")  # what fails soonest, first
_THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "NPROC",  # read by XLA
)


def main(argv: list[str] | None = None) -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    parser = argparse.ArgumentParser(
        prog="python -m tests",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--backend",
        action="append",
        choices=("none", *BACKENDS),
        help="only this backend; may be repeated (none: the tests that do not touch Keras)",
    )
    parser.add_argument("--jobs", type=int, default=min(4, cores or 1), help="processes at a time")
    args, rest = parser.parse_known_args(argv)

    runs = [run for run in _RUNS if run in (args.backend or _runs_for(rest))]
    missing = [run for run in runs if run != "none" and not importlib.util.find_spec(run)]
    if missing:
        print(f"Not installed: {', '.join(missing)}. `make test` installs every backend.")
        return 2
    jobs = max(1, args.jobs)
    few = any(path.exists() for path in _paths(rest))
    workers = 1 if few else jobs
    beside = min(jobs, len(runs)) if few else 1
    threads = max(1, (cores or 1) // max(beside, workers))
    lock = threading.Lock()
    with concurrent.futures.ThreadPoolExecutor(beside) as pool:
        codes = list(pool.map(lambda run: _run(run, rest, workers, threads, lock), runs))
    # With a filter such as -k a process may find nothing to do, but not all of them.
    if any(code not in (0, _NO_TESTS) for code in codes):
        return 1
    return 1 if _NO_TESTS in codes and (not rest or set(codes) == {_NO_TESTS}) else 0


def _runs_for(rest: list[str]) -> tuple[str, ...]:
    """Return the processes that the files named on the command line need, else all."""
    kinds = {touches_keras(path.resolve()) for path in _paths(rest) if path.is_file()}
    if len(kinds) != 1:
        return _RUNS
    return BACKENDS if kinds == {True} else ("none",)


def _paths(rest: list[str]) -> list[Path]:
    return [Path(argument.split("::")[0]) for argument in rest]


def _run(run: str, rest: list[str], workers: int, threads: int, lock: threading.Lock) -> int:
    env = dict.fromkeys(_THREADS, str(threads)) | os.environ
    command = [sys.executable, "-m", "pytest", "--backend", run]
    command += ["-o", f"cache_dir=.pytest_cache/{run}", "--durations=10", "--durations-min=1"]
    if workers > 1:
        command += ["-n", str(workers), "--dist", "loadfile", "--no-loadscope-reorder"]
    command += rest
    if sys.stdout.isatty():
        command.insert(3, "--color=yes")
    start = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    seconds = time.monotonic() - start
    verdict = {0: "passed", _NO_TESTS: "nothing to run"}.get(done.returncode, "FAILED")
    with lock:
        print(f"===== {run} =====\n{done.stdout}===== {run}: {verdict} in {seconds:.0f} s =====")
        sys.stdout.flush()
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
