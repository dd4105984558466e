from __future__ import annotations

import subprocess
import sys
import textwrap

import numpy as np
import pandas as pd
import pytest

from labelfeed.cli import train as command
from labelfeed.cli.train import run_train
from labelfeed.data.loading import fingerprint
from labelfeed.options import TrainingOptions
from labelfeed.runs.folder import RunError, load_run
from labelfeed.runs.rows import load_rows
from tests._backends import ROOT
from tests._rows import write_csv


def test_the_record_tells_how_the_file_was_read(runs):
    data = load_run(runs.images).data
    assert data["kind"] == "images"
    assert data["image_size"] == [8, 8]
    assert data["image_color"] == "grey"
    data = load_run(runs.multi).data
    assert (data["target"], data["labels"], data["id_column"]) == ("cough", ["fever"], "id")
    assert len(data["fingerprint"]) == 64


def test_the_fingerprint_is_of_the_file_that_was_trained_on(tmp_path, monkeypatch):
    rows = write_csv(tmp_path / "rows.csv")
    read, original = fingerprint(rows), command.train

    def train_then_change(*args, **how):
        run = original(*args, **how)
        rows.write_text(rows.read_text() + "p90,50,f,True,ill,1,yes\n")
        return run

    monkeypatch.setattr(command, "train", train_then_change)
    options = TrainingOptions(given={"epochs": 1})
    reading = {"target": "class", "id_column": "id"}
    run = run_train(str(rows), str(tmp_path / "run"), reading=reading, options=options, quiet=True)
    assert run.data["fingerprint"] == read != fingerprint(rows)


def test_a_place_that_is_taken_is_told_before_training(runs, monkeypatch):
    monkeypatch.setattr(command, "train", lambda *a, **k: pytest.fail("trained for nothing"))
    with pytest.raises(RunError, match="holds a run already"):
        run_train(str(runs.rows), str(runs.multi), reading={}, options=TrainingOptions())


@pytest.mark.only_backend("jax", "torch")
def test_tensorflow_is_not_started_on_another_backend(tmp_path, keras_backend):
    """Not by seeding either: its start lines would stand among ours, seconds later."""
    rows = write_csv(tmp_path / "rows.csv")
    code = f"""
        import sys
        from labelfeed.cli.main import main
        out = {str(tmp_path / "run")!r}
        for command in (
            ["train", {str(rows)!r}, "--target", "class", "--epochs", "1", "--out", out],
            ["predict", out, {str(rows)!r}, "--out", out + ".csv"],
        ):
            main([*command, "--quiet", "--backend", {keras_backend!r}], standalone_mode=False)
        assert "tensorflow" not in sys.modules
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "oneDNN" not in done.stderr
    assert "absl" not in done.stderr


def test_decimal_commas_are_read_in_training_and_afterwards(tmp_path):
    rows = pd.read_csv(write_csv(tmp_path / "rows.csv"))
    rows["age"] = [None if np.isnan(age) else f"{age:.3f}".replace(".", ",") for age in rows["age"]]
    rows.to_csv(tmp_path / "rows.csv", index=False)
    reading = {"target": "class", "drop": ("id", "cough", "fever"), "decimal": ","}
    options = TrainingOptions(given={"epochs": 1})
    out = str(tmp_path / "run")
    run_train(str(tmp_path / "rows.csv"), out, reading=reading, options=options, quiet=True)
    run = load_run(out)
    assert "age" in [c.name for c in run.preprocessor.columns]
    again = load_rows(run, tmp_path / "rows.csv")
    assert np.isfinite(run.preprocessor.transform(again.features)).all()
