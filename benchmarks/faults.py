"""Reliability: what is killed, malformed or hostile is a clear error or changes nothing.

python -m benchmarks faults                         # every part, 10,000 malformed inputs
python -m benchmarks faults --parts resume --backend jax
python -m benchmarks faults --parts inputs requests --count 2000 --seed 1
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.common import in_process, progress, save_json, table
from benchmarks.inputs_tally import Tally, bounded_memory

__all__ = ["COUNTED", "PARTS", "main"]

# name: (module with main(arguments), what it looks at)
PARTS = {
    "resume": ("benchmarks.faults_resume", "trainings killed at random moments, and started again"),
    "inputs": ("benchmarks.faults_inputs", "malformed labels, features, files and folders"),
    "requests": ("benchmarks.faults_requests", "malformed requests to a server"),
    "margins": ("benchmarks.faults_margins", "cosines of +-1 through every margin and head"),
    "stranger": ("benchmarks.faults_stranger", "folders of a stranger, with code planted in them"),
}
_TORCH = ("torch",)
# name: (inputs of each 100, the backends on which they are shared out)
COUNTED = {
    "inputs": (45, _TORCH),
    "requests": (20, _TORCH),
    "margins": (30, ("torch", "jax", "tensorflow")),
    "stranger": (5, _TORCH),
}
"""Parts whose inputs are counted: `tallied(count, seed)` of their module."""

_LIMIT_MB = 4000
_HEADER = ["part", "what", "inputs", "clear errors", "right answers", "crashes", "hangs", "silent"]
_LEGEND = """
Clear error: a line of the promised kind; 4xx with words for requests. Right answer: the value that
was written; for margins a finite loss and gradient, and no loss that grows as the cosine does; for
a stranger's folder that nothing in it was executed. Crash: another exception, exit code or status,
or too much memory. Silent: read as something else, refused though it fits, or executed."""


def main(arguments: list[str]) -> None:
    """Run the parts; exit with an error where one finds a fault."""
    what = "; ".join(f"{name}: {text}" for name, (_, text) in PARTS.items())
    parser = argparse.ArgumentParser(prog="python -m benchmarks faults", description=what)
    parser.add_argument("--parts", nargs="+", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--count", type=int, default=10_000, help="malformed inputs [10000]")
    parser.add_argument("--seed", type=int, default=0, help="of all of them")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the counts to FILE too")
    parser.add_argument("--one", choices=list(COUNTED), help="this many of one here, print JSON")
    parser.epilog = "Further options go to resume: --parts resume --moments 10."
    given, further = parser.parse_known_args(arguments)
    if given.one:
        bounded_memory(_LIMIT_MB)
        found = importlib.import_module(PARTS[given.one][0]).tallied(given.count, given.seed)
        kept = [{**dataclasses.asdict(tally), "refusals": []} for tally in found]
        print(json.dumps({"tallies": kept}))
        return
    counted = [part for part in given.parts if part in COUNTED]
    if further and "resume" not in given.parts:
        parser.error(f"unknown options: {' '.join(further)}")
    if counted:
        _counted(counted, given.count, given.seed, given.json)
    if "resume" in given.parts:
        importlib.import_module(PARTS["resume"][0]).main(further)


def _counted(parts: Sequence[str], count: int, seed: int, path: Path | None) -> None:
    whole = sum(COUNTED[part][0] for part in parts)
    found: list[tuple[str, dict[str, Any]]] = []
    for part in parts:
        share, backends = COUNTED[part]
        each = max(count * share // whole // len(backends), 1)
        for backend in backends:
            progress(f"{part}: {each} inputs on {backend}, seed {seed}")
            name = f"{part}, {backend}" if len(backends) > 1 else part
            try:
                told = in_process(backend, "faults", "--one", part, "--count", each, "--seed", seed)
            except subprocess.CalledProcessError as error:
                sys.exit(f"{name}: the process died ({error.returncode}): a fault by itself.")
            found += [(name, tally) for tally in told["tallies"]]
    rows = [_row(part, tally) for part, tally in found]
    sums = [sum(row[at] for row in rows) for at in range(2, len(_HEADER))]
    print(table([*rows, ["all", "", *sums]], _HEADER))
    print(f"Seed {seed}.{_LEGEND}")
    faults = [f"{part}, {t['kind']}, {fault}" for part, t in found for fault in t["faults"]]
    for fault in faults:
        print(f"FAULT {fault}")
    save_json(path, {"seed": seed, "faults": [{"part": part, **tally} for part, tally in found]})
    if faults:
        sys.exit(f"{sum(sums[3:])} of {sums[0]} inputs are faults.")


def _row(part: str, tally: dict[str, Any]) -> list[Any]:
    one = Tally(**{**tally, "refusals": ()})
    crashes = one.other - one.hung
    return [part, one.kind, one.tried, one.refused, one.right, crashes, one.hung, one.wrong]
