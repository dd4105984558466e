"""Several files, generators and checkpoints that are odd: as they stand, or refused in a line."""

from __future__ import annotations

from pathlib import Path

import keras
import pytest

from benchmarks.inputs_checkpoints import checkpoint_case, made_checkpoint
from benchmarks.inputs_generators import generator_case, made_generator
from benchmarks.inputs_streams import stream_case
from benchmarks.inputs_tally import Tally
from labelfeed.labels.errors import CellError
from labelfeed.records.checkpoint import CheckpointError
from labelfeed.runs.kept import RunError

pytestmark = pytest.mark.only_backend("torch")


@pytest.mark.filterwarnings("ignore")
def test_several_files(tmp_path: Path) -> None:
    assert keras.backend.backend() == "torch"
    found = Tally("streams", (CellError,), 30, 500)
    for number in range(25):
        found.take(stream_case(0, number, tmp_path / "files"))
    assert found.faults == [] and min(found.right, found.refused) > 5


def test_checkpoints_end_as_an_undisturbed_training(tmp_path: Path) -> None:
    wanted = made_checkpoint(tmp_path / "base")
    found = Tally("checkpoints", (CheckpointError,), 60, 500)
    for number in range(15):
        found.take(checkpoint_case(0, number, tmp_path / "base", tmp_path / "work", wanted))
    assert found.faults == [] and found.right > 5


@pytest.mark.filterwarnings("ignore")
def test_generators(tmp_path: Path) -> None:
    base = made_generator(tmp_path / "base")
    found = Tally("generators", (CellError, RunError), 60, 500)
    for number in range(8):
        found.take(generator_case(0, number, base, tmp_path / "work"))
    assert found.faults == [] and found.refused > 1
