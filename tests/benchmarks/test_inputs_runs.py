"""Hostile run folders: they work, or are refused in a line."""

from __future__ import annotations

import json
from pathlib import Path

import keras
import pytest

from benchmarks.inputs_runs import ROWS, changed, made_run, places, run_case
from benchmarks.inputs_tally import Tally
from labelfeed.labels.errors import CellError
from labelfeed.runs.folder import load_run
from labelfeed.runs.kept import RunError

pytestmark = pytest.mark.only_backend("torch")  # others compile for each of them


def test_run_folders_work_or_are_refused(tmp_path: Path) -> None:
    assert keras.backend.backend() == "torch"
    base = made_run(tmp_path / "base")
    found = Tally("runs", (CellError, RunError), limit_s=60, limit_mb=500)
    for number in range(60):
        found.take(run_case(0, number, base, tmp_path / "run"))
    assert found.faults == [] and found.right > 3 and found.refused > 30


def test_what_a_made_run_is(tmp_path: Path) -> None:
    run = load_run(made_run(tmp_path / "run", seed=5))
    assert run.predict(ROWS).shape == (4, 2) and run.options == {"seed": 5}


def test_values_are_changed_in_a_copy() -> None:
    content = {"a": [1, {"b": 2}, 3], "c": 4}
    assert list(places(content)) == [("a",), ("a", 0), ("a", 1), ("a", 1, "b"), ("c",)]
    assert changed(content, ("a", 1, "b"), None) == {"a": [1, {"b": None}, 3], "c": 4}
    assert json.dumps(content) == '{"a": [1, {"b": 2}, 3], "c": 4}'
