"""Traps of a stranger: they are live, and no reader of folders springs one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import keras
import pytest

from benchmarks import faults_stranger
from benchmarks.faults_stranger import EXECUTED, READERS, bases, stranger_case
from benchmarks.faults_traps import MODULE, Trap
from benchmarks.inputs_tally import Tally

pytestmark = pytest.mark.only_backend("torch")


def test_no_reader_executes_what_is_planted_and_one_that_did_is_seen(tmp_path, monkeypatch):
    found = Tally("folders", faults_stranger._REFUSALS, 60, 1000)
    with bases(tmp_path) as folder:
        for number in range(3 * len(READERS)):
            found.take(stranger_case(0, number, folder))
        assert found.faults == [] and found.refused > 5 and found.tried == 24
        monkeypatch.setitem(READERS, "run", lambda work: __import__(MODULE))
        assert stranger_case(0, 0, folder).run() == EXECUTED
    assert MODULE not in sys.modules


@pytest.mark.parametrize("protocol", [0, 5])
def test_traps_are_live(tmp_path: Path, protocol: int) -> None:
    trap = Trap(tmp_path / "marker")
    (tmp_path / "trap").write_bytes(trap.pickled(protocol))
    assert keras.backend.backend() == "torch" and not trap.marker.exists()
    given = [sys.executable, "-m", "pickle", str(tmp_path / "trap")]  # nothing here loads one
    subprocess.run(given, capture_output=True, check=True)
    assert trap.marker.is_file()
