"""Mutated files through the command line: exit code 0, or 2 and one line."""

from __future__ import annotations

from pathlib import Path

import keras
import pytest

from benchmarks.inputs_command import checked, command_case
from benchmarks.inputs_tally import Tally
from labelfeed.data.dataset import DataError

pytestmark = pytest.mark.only_backend("torch")  # `check` needs none


def test_exit_codes_of_mutated_files(tmp_path: Path) -> None:
    assert keras.backend.backend() == "torch"
    found = Tally("commands", (DataError,), limit_s=30, limit_mb=500)
    for number in range(12):
        found.take(command_case(0, number, tmp_path))
    assert found.faults == [] and found.right and found.refused


def test_a_crash_is_no_clear_error(tmp_path: Path, monkeypatch) -> None:
    with pytest.raises(DataError, match=r"Error: .*no such file"):
        checked(["check", str(tmp_path / "absent.csv")])
    monkeypatch.setattr("labelfeed.cli.check.run_check", lambda *a, **k: {}["absent"])
    with pytest.raises(RuntimeError, match=r"exit code 3.*internal error, KeyError"):
        checked(["check", str(tmp_path / "absent.csv")])
