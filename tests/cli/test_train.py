from __future__ import annotations

import pytest

from labelfeed.cli import train as command
from labelfeed.cli.train import run_train
from labelfeed.options import TrainingOptions
from labelfeed.runs.folder import RunError, load_run


def test_the_record_tells_how_the_file_was_read(runs):
    data = load_run(runs.images).data
    assert data["kind"] == "images"
    assert data["image_size"] == [8, 8]
    assert data["image_color"] == "grey"
    data = load_run(runs.multi).data
    assert (data["target"], data["labels"], data["id_column"]) == ("cough", ["fever"], "id")
    assert len(data["fingerprint"]) == 64


def test_a_place_that_is_taken_is_told_before_training(runs, monkeypatch):
    monkeypatch.setattr(command, "train", lambda *a, **k: pytest.fail("trained for nothing"))
    with pytest.raises(RunError, match="holds a run already"):
        run_train(str(runs.rows), str(runs.multi), reading={}, options=TrainingOptions())
