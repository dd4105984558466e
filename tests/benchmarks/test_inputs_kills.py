"""Trainings that are stopped: what is left is one run, whole; a mixture is seen."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import keras
import pytest

from benchmarks.inputs_kills import marks, whole
from benchmarks.inputs_runs import made_run
from labelfeed.runs.kept import MODEL, RUN

pytestmark = pytest.mark.only_backend("torch")


def test_a_mixture_of_two_runs_is_seen(tmp_path: Path) -> None:
    assert keras.backend.backend() == "torch"
    earlier, new = made_run(tmp_path / "earlier", seed=1), made_run(tmp_path / "new", seed=2)
    known = marks(earlier)
    assert whole(earlier, known) == whole(new, known) == whole(new, known, new=True) == ""
    assert whole(earlier, known, new=True) == "the earlier run, after exit code 0"
    shutil.copy(new / MODEL, earlier / MODEL)
    assert "files of two runs" in whole(earlier, known)
    shutil.copy(new / RUN, earlier / RUN)
    (earlier / "thesis.docx").write_text("mine")
    assert whole(earlier, known) == "strange files: ['thesis.docx']"
    (earlier / MODEL).unlink()
    assert "no run any more" in whole(earlier, known)


def test_trainings_are_stopped_in_a_process_of_its_own() -> None:
    given = [sys.executable, "-m", "benchmarks", "inputs", "--one", "kills", "--tries", "6"]
    done = subprocess.run(given, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    assert (found["right"], found["faults"]) == (6, [])
