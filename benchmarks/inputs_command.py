"""Mutated files through `labelfeed check`: exit code 0, or 2 and one line; never another."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from click.testing import CliRunner

from benchmarks.inputs_csv import TARGET, csv_file
from benchmarks.inputs_files import typed_file
from benchmarks.inputs_tally import Case
from labelfeed.cli.main import main
from labelfeed.data.dataset import DataError

__all__ = ["checked", "command_case"]


def command_case(seed: int, number: int, folder: Path) -> Case:
    """Return the case of a number; its file is written to a folder.

    Args:
        seed: Of all cases.
        number: Which case.
        folder: Where the file is written.
    """
    rng = np.random.default_rng([seed, number])
    mutated = typed_file(rng) if rng.random() < 0.2 else csv_file(rng)
    path = folder / f"rows{mutated.suffix}"
    path.write_bytes(mutated.content)
    more = [f"--{key}={value}" for key, value in mutated.reading.items()]
    arguments = ["check", str(path), "--target", TARGET, *more]
    # It says so of a column with one class, and goes on.
    refused = mutated.names is None and mutated.what != "one class"
    right = None if refused else lambda code: code == 0
    what = f"check {mutated.suffix}, {mutated.what}"
    return Case(what, lambda: checked(arguments), right, not mutated.strict)


def checked(arguments: list[str]) -> int:
    """Return the exit code of a command, if it is 0.

    Raises:
        DataError: It is 2, and one line says why.
        RuntimeError: It is anything else.
    """
    done = CliRunner().invoke(main, arguments)
    lines = done.stderr.strip().split("\n")
    if done.exit_code == 2 and len(lines) == 1 and lines[0].startswith("Error: "):
        raise DataError(lines[0])
    if done.exit_code:
        raise RuntimeError(f"exit code {done.exit_code}: {done.stderr} {done.exception!r}")
    return done.exit_code
