"""Reliability: what is killed, malformed or hostile is a clear error or changes nothing.

python -m benchmarks faults                         # every part
python -m benchmarks faults --parts resume --backend jax
"""

from __future__ import annotations

import argparse
import importlib

__all__ = ["PARTS", "main"]

# name: (module with main(arguments), what it looks at)
PARTS = {
    "resume": ("benchmarks.faults_resume", "trainings killed at random moments, and started again"),
}


def main(arguments: list[str]) -> None:
    what = "; ".join(f"{name}: {text}" for name, (_, text) in PARTS.items())
    parser = argparse.ArgumentParser(prog="python -m benchmarks faults", description=what)
    parser.add_argument("--parts", nargs="+", choices=list(PARTS), default=list(PARTS))
    parser.epilog = "Further options go to the parts: --parts resume --moments 10."
    given, further = parser.parse_known_args(arguments)
    for part in given.parts:
        importlib.import_module(PARTS[part][0]).main(further)
