from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from labelfeed.cli import train as command
from labelfeed.cli.evaluate import run_evaluate
from labelfeed.cli.train import run_train
from labelfeed.comparison.errors import ComparisonError
from labelfeed.data.loading import fingerprint
from labelfeed.metrics.information import FED
from labelfeed.metrics.probabilities import score
from labelfeed.options import TrainingOptions
from labelfeed.records.checkpoint import CHECKPOINT
from labelfeed.records.stored import read_stored
from labelfeed.records.training_log import LOG
from labelfeed.runs.folder import load_run
from labelfeed.runs.kept import RunError
from labelfeed.runs.rows import load_rows
from labelfeed.runs.train import train
from tests._backends import ROOT
from tests._rows import SHORT, write_csv


def test_the_record_tells_how_the_file_was_read(runs):
    data = load_run(runs.images).data
    assert data["kind"] == "images"
    assert data["image_size"] == [8, 8]
    assert data["image_color"] == "grey"
    data = load_run(runs.multi).data
    assert (data["target"], data["labels"], data["id_column"]) == ("cough", ["fever"], "id")
    assert len(data["fingerprint"]) == 64


def test_a_run_has_its_card_its_log_and_its_predictions(runs):
    run = read_stored(runs.multi)
    assert {p.name for p in runs.multi.iterdir()} >= {"card.md", LOG, "held_out.npz"}
    assert [line["phase"] for line in run.log if "epoch" in line] == [1, 2]
    found = [line["scores"] for line in run.log if "scores" in line]
    assert found == ["nothing_known", "not_fed", "partly_known"]
    held, blind = run.held_out, run.metrics["nothing_known"]
    again = score(held.labels, held.blind, run.spec)
    assert again.labels == blind["labels"] and again.log_loss == pytest.approx(blind["log_loss"])
    assert set(held.rows.tolist()) <= set(run.split["test"])
    assert held.curves[FED].interval("macro_auc", 0.0).mean == pytest.approx(blind["macro_auc"])
    assert "## Limits" in (runs.multi / "card.md").read_text()


def test_scores_by_a_column_are_kept_and_told(tmp_path, capsys, monkeypatch):
    rows = write_csv(tmp_path / "rows.csv")
    options = TrainingOptions(given={"plain": "logistic"})
    reading = {"target": "class", "id_column": "id"}
    with pytest.raises(ComparisonError, match="there is no feature"):
        run_train(str(rows), str(tmp_path / "x"), reading=reading, options=options, by=["sexx"])
    # What fails in training leaves nothing behind.
    out = tmp_path / "run"
    with monkeypatch.context() as broken:
        broken.setattr(sys.modules[train.__module__], "at_deployment", lambda *a, **k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run_train(str(rows), str(out), reading=dict(reading), options=options, quiet=True)
    assert not out.exists()
    run = run_train(
        str(rows), str(out), reading=dict(reading), options=options, by=["sex"], command="as typed"
    )
    by = run.metrics["by"]["sex"]
    assert sum(of["rows"] for of in by.values()) == run.metrics["nothing_known"]["rows"]
    assert "\nsex " in capsys.readouterr().out and run.data["command"] == "as typed"
    assert read_stored(out).log[0]["model"] == "logistic"


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
            ["train", {str(rows)!r}, "--target", "class", "--epochs", "1", "--out", out,
             "--strategy", "prior-adjusted"],
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


BOTH = {"target": "cough", "labels": ("fever",), "drop": ("class",), "id_column": "id"}
ONE = {"target": "class", "drop": ("cough", "fever"), "id_column": "id"}


def trained(rows: Path, out: Path, reading: dict, overwrite: bool = True, **options) -> dict:
    """Train by the command and return what run.json says of the training."""
    run_train(str(rows), str(out), reading=reading, overwrite=overwrite,
              options=TrainingOptions(**{**SHORT, **options}))  # fmt: skip
    return load_run(out).metrics["training"]


def test_the_phases_are_told(runs, tmp_path, capsys):
    done = trained(runs.rows, tmp_path / "run", BOTH)
    best = [phase["best_epoch"] for phase in done["phases"]]
    said = capsys.readouterr()
    assert (
        f"phase 1 of 2: 2 epochs, best {best[0]}; phase 2 of 2: 2 epochs, best {best[1]}, held"
        in (said.out)
    )
    assert "train, phase 2 of 2, 2/2 loss" in said.err
    trained(runs.rows, tmp_path / "run", ONE)
    assert "trained 2 epochs on" in capsys.readouterr().out


@pytest.mark.parametrize("error", [ValueError("no"), ZeroDivisionError("oh"), KeyboardInterrupt()])
def test_a_run_that_cannot_be_scored_is_saved(runs, tmp_path, monkeypatch, capsys, error):
    def fail(*args: object) -> None:
        raise error

    monkeypatch.setattr(command, "judged_with_curves", fail)
    with pytest.raises(type(error)):
        trained(runs.rows, tmp_path / "run", ONE)
    assert f"is saved in {tmp_path / 'run'}, without scores" in capsys.readouterr().err
    run = load_run(tmp_path / "run")
    assert list(run.metrics) == ["training"] and not run.interrupted
    assert run.data["target"] == "class"


def test_a_run_whose_place_was_lost_is_saved_elsewhere(runs, tmp_path, monkeypatch):
    monkeypatch.setattr(command.tempfile, "tempdir", str(tmp_path))

    real = command.save_run

    def fail_there(run, place, *args):
        if Path(place).name == "run":
            raise RunError("disk full.")
        return real(run, place, *args)

    monkeypatch.setattr(command, "save_run", fail_there)
    with pytest.raises(
        RunError, match=r"disk full\. The trained run is saved in .* instead"
    ) as told:
        trained(runs.rows, tmp_path / "run", ONE)
    (elsewhere,) = [place for place in tmp_path.iterdir() if place.name != "run"]
    assert [place.name for place in (tmp_path / "run").iterdir()] == [CHECKPOINT]  # goes on
    assert str(elsewhere) in str(told.value) and load_run(elsewhere).spec.name == "class"


def test_what_a_kill_left_is_named(runs, tmp_path, capsys):
    (tmp_path / "run" / ".labelfeed-draft-1").mkdir(parents=True)
    trained(runs.rows, tmp_path / "run", ONE)
    assert "draft-1 is half written, by a labelfeed that was killed" in capsys.readouterr().err


def start(out: Path, rows: Path, backend: str, *options: str) -> subprocess.Popen:
    """Start a training that takes for ever; return it when it has had an epoch."""
    command = [sys.executable, "-m", "labelfeed", "train", rows, "--target", "class", "--out", out]
    command += ["--epochs", "1000000", "--patience", "1000000", "--width", "4", "--overwrite"]
    process = subprocess.Popen(
        [*map(str, command), "--backend", backend, *options], cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ},
    )  # fmt: skip
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("train "):
            return process
    return pytest.fail(f"it ended: {process.communicate()}")


@pytest.mark.every_backend  # they catch signals, or do not
def test_ctrl_c_ends_a_training_that_keeps_its_best_weights(tmp_path, keras_backend):
    rows = write_csv(tmp_path / "rows.csv")
    process = start(tmp_path / "run", rows, keras_backend, "--drop", "cough", "--drop", "fever")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert f"saved in {tmp_path / 'run'}, not scored" in out and "Traceback" not in err
    assert load_run(tmp_path / "run").interrupted


def test_cells_with_several_labels_and_uncertain_ones_go_through_every_command(tmp_path):
    rng = np.random.default_rng(0)
    rows = pd.DataFrame({"a": rng.normal(size=60).round(2), "town": rng.choice(["NA", "DE"], 60)})
    joined = rows.assign(found=rng.choice(["mass|edema", "mass", "Nothing", ""], 60))
    apart = rows.assign(
        mass=rng.choice(["0", "1", "-1"], 60), edema=rng.choice(["1", "0", "?"], 60)
    )
    options = TrainingOptions("plain", epochs=1, width=4)
    several = {"separator": "|", "none_word": "nothing"}
    for name, frame, reading in (
        ("joined", joined, {"target": "found", "cells": several}),
        ("apart", apart, {"target": "mass", "labels": ("edema",),
                          "cells": {"uncertain": {"mass": "soft=0.6"}}}),
    ):  # fmt: skip
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
        run_train(str(tmp_path / f"{name}.csv"), str(tmp_path / name), reading=reading,
                  options=options, quiet=True)  # fmt: skip
        found = run_evaluate(str(tmp_path / name), str(tmp_path / f"{name}.csv"), quiet=True)
        run = load_run(tmp_path / name)
        assert found["nothing_known"] == run.metrics["nothing_known"]
        assert set(run.spec.names or ()) == {"mass", "edema"}
        kept = run.data["spellings"]
        assert kept["feature"]["town"]["NA"][0] == "class"
        if name == "joined":
            assert kept["label"]["found"]["Nothing"][0] == "none apply"
        else:
            assert kept["label"]["mass"]["-1"][:2] == ["uncertain", "0.6"]
            assert kept["label"]["edema"]["?"][0] == "unknown"
            assert found["nothing_known"]["soft"] > 0
