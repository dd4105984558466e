"""Is a training on two devices, or in two processes, the training on one? And how long is each?

Two virtual devices of one processor, and two processes on loopback: the engines are the real ones,
the speed is not. On two cores no gain is to be expected; the times tell what sharing costs.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import parser, progress, save_json, table

# backend: cases on one, then on two virtual devices of one process
DEVICES = {
    "jax": [("masked:1", "masked:2"), ("margin:1", "margin:2"), ("margin:1", "margin:classes")],
    "tensorflow": [("masked:1", "masked:2"), ("margin:1", "margin:2")],
}
# backend: cases on one device, then in two processes
PROCESSES = {
    "jax": [("masked:1", "masked:all"), ("margin:1", "margin:all"), ("margin:1", "margin:classes")],
    "torch": [("masked:1", "masked:all"), ("margin:1", "margin:all")],
}
LIMIT = 300  # seconds


def main(arguments: list[str] | None = None) -> None:
    made = parser("scale-out", __doc__ or "")
    made.add_argument("--large", action="store_true", help="40,000 rows and 256 units, for times")
    made.add_argument("--ray", action="store_true", help="a Ray cluster of two workers here, too")
    options = made.parse_args(arguments)
    rows, figures = [], []
    for backend, pairs in DEVICES.items():
        progress(f"{backend}, two devices of one process")
        cases = list(dict.fromkeys(case for pair in pairs for case in pair))
        found = dict(zip(cases, run(backend, cases, devices=2, large=options.large), strict=True))
        for first, second in pairs:
            _add(rows, figures, (backend, "2 devices", second), found[first], found[second])
    for backend, pairs in PROCESSES.items():
        progress(f"{backend}, two processes")
        cases = list(dict.fromkeys(case for pair in pairs for case in pair))
        alone = [case for case in cases if case.endswith(":1")]
        ones = dict(zip(alone, run(backend, alone, large=options.large), strict=True))
        shared = [case for case in cases if case not in alone]
        twos = dict(zip(shared, run_two(backend, shared, large=options.large)[0], strict=True))
        for first, second in pairs:
            _add(rows, figures, (backend, "2 processes", second), ones[first], twos[second])
    if options.ray:
        rows.append(ray())
    what = "predictions differ" if options.large else "weights differ"
    heads = ["backend", "on", "case", "loss differs", what, "s an epoch on one", "s an epoch"]
    print(table(rows, heads))
    save_json(options.json, {"figures": figures})


def _add(
    rows: list[list[str]],
    figures: list[dict[str, Any]],
    which: tuple[str, str, str],
    one: dict[str, Any],
    two: dict[str, Any],
) -> None:
    loss, weights = differences(one, two)
    figures.append({"which": which, "loss": loss, "weights": weights,
                    "seconds": [one["seconds"], two["seconds"]]})  # fmt: skip
    seconds = [f"{one['seconds']:.2f}", f"{two['seconds']:.2f}"]
    rows.append([*which, f"{loss:.1e}", f"{weights:.1e}", *seconds])


def differences(one: dict[str, Any], two: dict[str, Any]) -> tuple[float, float]:
    """Return the greatest relative difference of losses, and of weights (or predictions)."""

    def greatest(first: list[float], second: list[float]) -> float:
        a, b = np.asarray(first), np.asarray(second)
        return float(np.max(np.abs(a - b)) / max(float(np.max(np.abs(a))), 1e-9))

    names = sorted(one["history"])
    assert names == sorted(two["history"])
    losses = [[v for name in names for v in each["history"][name]] for each in (one, two)]
    what = "weights" if one["weights"] else "predicted"
    return greatest(*losses), greatest(one[what], two[what])


def run(
    backend: str, cases: list[str], *, devices: int = 1, large: bool = False
) -> list[dict[str, Any]]:
    """Train in one process and return what each case gave."""
    return _finished([_started(backend, cases, {}, devices, large)])[0]


def run_two(backend: str, cases: list[str], *, large: bool = False) -> list[list[dict[str, Any]]]:
    """Train in two processes on loopback and return what each case gave in each of them."""
    port = free_port()
    place = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port),
             "OMP_NUM_THREADS": "1"}  # as torchrun sets it  # fmt: skip
    started = [
        _started(backend, cases, {**place, "RANK": str(rank)}, 1, large) for rank in range(2)
    ]
    return _finished(started)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _started(
    backend: str, cases: list[str], place: dict[str, str], devices: int, large: bool
) -> subprocess.Popen:
    flags = f"--xla_force_host_platform_device_count={devices}"
    environment = {
        **os.environ,
        "KERAS_BACKEND": backend,
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "JAX_PLATFORMS": "cpu",
        "XLA_FLAGS": flags,
        "CUDA_VISIBLE_DEVICES": "-1",
        **place,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.scale_out_one", *cases, *["--large"] * large],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _finished(started: list[subprocess.Popen]) -> list[list[dict[str, Any]]]:
    try:
        said = [process.communicate(timeout=LIMIT) for process in started]
    finally:
        for process in started:
            process.kill()
    for process, (_, wrong) in zip(started, said, strict=True):
        if process.returncode:
            raise RuntimeError(wrong[-3000:])
    lines = [[line for line in out.splitlines() if line.startswith("{")] for out, _ in said]
    return [[json.loads(line) for line in each] for each in lines]


def ray() -> list[str]:
    """Train a table on one device and by two workers of a Ray cluster; compare the scores."""
    progress("Ray, two workers")
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 4))
    lines = [f"{','.join(f'{v:.4f}' for v in row)},{'yes' if row[0] > 0 else 'no'}" for row in x]
    found = []
    with tempfile.TemporaryDirectory() as place:
        data = Path(place) / "rows.csv"
        data.write_text("\n".join(["a,b,c,d,y", *lines]), encoding="utf-8")
        two = ["--cluster", "local", "--workers", "2"]
        for name, more in (("one", ["--devices", "1"]), ("two", two)):
            command = [sys.executable, "-m", "labelfeed", "train", str(data), "--target", "y",
                       "--out", str(Path(place) / name), "--backend", "jax", "--plain", "network",
                       "--dropout", "0", "--epochs", "3", *more]  # fmt: skip
            subprocess.run(command, check=True, timeout=LIMIT, stdout=subprocess.DEVNULL)
            run = json.loads((Path(place) / name / "run.json").read_text(encoding="utf-8"))
            found.append(run["metrics"])
    log_loss = [each["nothing_known"]["log_loss"] for each in found]
    assert found[1]["training"]["processes"] == 2
    return ["jax", "Ray, 2 workers", "train", f"{abs(log_loss[0] - log_loss[1]):.1e}", "", "", ""]
