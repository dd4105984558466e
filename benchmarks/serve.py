"""A served run under load: requests a second and p99 at 1, 8 and 64 clients, and 10,000 requests.

    python -m benchmarks serve [--run RUN --data FILE] [--seconds 4] [--requests 10000]

Without --run a run of three labels is trained, with its ONNX copy. Every request is one row. Where
`litserve` can be imported, it serves the same run beside ours, without and with its batches, in
turns. Of the requests of the second part a third is bad: each must get the 4xx that it is due.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.cold_start import tables
from benchmarks.common import parser, progress, save_json, table
from benchmarks.serve_client import Load, answers, load, request

_LABELFEED = (sys.executable, "-m", "labelfeed")
CLIENTS = (1, 8, 64)


def trained(folder: Path) -> tuple[str, Path]:
    """Train a run of three labels and export its ONNX copy; return it and its file."""
    run, data = str(folder / "run"), tables(folder)[1]
    labels = ("--target", "rash", "--label", "cough", "--label", "fever")
    for made in (("train", str(data), *labels, "--out", run), ("export", run, "--format", "onnx")):
        subprocess.run([*_LABELFEED, *made, "--quiet"], check=True)
    return run, data


@contextlib.contextmanager
def served(command: list[str], port: int | None = None) -> Iterator[int]:
    """Start a server and yield its port: the one that it prints, or the one it was told."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        if port is None:
            line = process.stdout.readline() if process.stdout else ""
            found = re.search(r":(\d+)/", line)
            if found is None:
                raise RuntimeError(f"{' '.join(command)} did not start: {line}")
            port = int(found[1])
        else:
            _wait(port, process)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(port: int, process: subprocess.Popen) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"Nothing listens on port {port}.")


def first_rows(data: Path, labels: list[str]) -> list[dict[str, Any]]:
    """Return some rows of a table as a client sends them."""
    frame = pd.read_csv(data).drop(columns=labels).head(50)
    return [json.loads(text) for text in frame.to_json(orient="records", lines=True).splitlines()]


def mixed(rows: list[dict[str, Any]], label: str, count: int) -> Iterator[tuple[bytes, int]]:
    """Yield requests and the status that each is due; two of three are good."""
    name = next(iter(rows[0]))

    def sent(content: Any, path: str = "/predict") -> bytes:
        return request(path, json.dumps(content).encode())

    for number in range(count):
        row = rows[number % len(rows)]
        bad = (
            (request("/predict", b'{"rows": [{'), 400),
            (request("/predict", b'{"rows": [{"a": NaN}]}'), 400),
            (sent({"rows": [{**row, name: "no number"}]}), 422),
            (sent({"rows": [{}]}), 422),
            (sent({"rows": [row], "known": {label: "perhaps"}}), 422),
            (sent({"rows": [row], "known": {"no such label": 1}}), 422),
            (sent({"rows": [row] * 1001}), 413),
            (request("/predict", b"{}", "text/plain"), 415),
            (sent({}, "/nowhere"), 404),
            (sent({"row": row, "about": "no such label"}, "/ask"), 422),
        )
        good = (
            sent({"rows": [row]}),
            sent({"rows": [row], "known": {label: number % 2}}),
            sent({"rows": rows[:7]}),
            sent({"row": row, "about": label}, "/ask"),
        )
        yield bad[number // 3 % len(bad)] if number % 3 == 0 else (good[number % len(good)], 200)


def main(arguments: list[str]) -> None:
    options = parser("serve", __doc__)
    options.add_argument("--run", help="run of several labels, with an ONNX copy [trained]")
    options.add_argument("--data", type=Path, help="CSV with rows for it")
    options.add_argument("--seconds", type=float, default=4, help="of each load [4]")
    options.add_argument("--turns", type=int, default=2, help="of each server [2]")
    options.add_argument("--requests", type=int, default=10_000, help="with bad ones [10000]")
    given = options.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        run, data = (given.run, given.data) if given.run else trained(Path(folder))
        record = json.loads((Path(run) / "run.json").read_text())
        labels = record["data"].get("labels") or [record["data"]["target"]]
        rows = first_rows(data, labels)
        content = request("/predict", json.dumps({"rows": rows[:1]}).encode())
        ours = [*_LABELFEED, "serve", run, "--port", "0"]
        loads: dict[tuple[str, int], list[Load]] = {}
        for turn in range(given.turns):
            for name, command, port in _servers(ours, run):
                with served(command, port) as listening:
                    for clients in CLIENTS:
                        found = load(listening, content, clients, given.seconds)
                        loads.setdefault((name, clients), []).append(found)
                progress(f"turn {turn + 1} of {given.turns}: {name}")
        with served(ours) as listening:
            counts = answers(listening, mixed(rows, labels[0], given.requests), 64)
    best = {key: max(several, key=lambda one: one.per_second) for key, several in loads.items()}
    lines = [
        (name, clients, f"{one.per_second:.0f}", f"{one.p50_ms:.1f}", f"{one.p99_ms:.1f}",
         one.failed)
        for (name, clients), one in best.items()
    ]  # fmt: skip
    print(table(lines, ("server", "clients", "requests/s", "p50 ms", "p99 ms", "failed")))
    right = sum(count for (due, came), count in counts.items() if due == came)
    lost = sum(count for (_, came), count in counts.items() if came == 0)
    failed = sum(count for (_, came), count in counts.items() if came >= 500)
    bad = sum(count for (due, _), count in counts.items() if due != 200)
    print(f"\n{counts.total()} requests, {bad} of them bad: {right} answered as they should be, "
          f"{lost} lost, {failed} with 5xx")  # fmt: skip
    figures = {f"{name}, {clients}": vars(one) for (name, clients), one in best.items()}
    every = {f"{due} -> {came}": count for (due, came), count in counts.items()}
    save_json(given.json, {"loads": figures, "answers": every})


def _servers(ours: list[str], run: str) -> list[tuple[str, list[str], int | None]]:
    found: list[tuple[str, list[str], int | None]] = [("labelfeed serve", ours, None)]
    if importlib.util.find_spec("litserve") is not None:
        for name, most in (("LitServe", 1), ("LitServe, batches", 64)):
            port = _free_port()
            command = [sys.executable, "-m", "benchmarks.serve_peer", run, str(port), str(most)]
            found.append((name, command, port))
    return found


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
