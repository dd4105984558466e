"""Trainings by the command that Ctrl-C or a kill ends, and that go on by the same command."""

from __future__ import annotations

import signal

import pytest

from labelfeed.cli import train as command
from labelfeed.cli.evaluate import run_evaluate
from labelfeed.records.checkpoint import CHECKPOINT, CheckpointError
from labelfeed.records.training_log import LOG, read_log
from labelfeed.runs.folder import load_run
from labelfeed.runs.kept import RunError
from tests.cli.test_train import BOTH, ONE, trained


def test_an_interrupted_run_is_kept_and_said_to_be_one(runs, tmp_path, monkeypatch, capsys):
    real = command.train

    def pressed(*args, on_epoch, **options):
        def press(epoch, logs):
            on_epoch(epoch, logs)
            if epoch == whole:
                signal.raise_signal(signal.SIGINT)

        return real(*args, on_epoch=press, **options)

    monkeypatch.setattr(command, "train", pressed)
    for whole, place in ((3, "run"), (4, "run-interrupted"), (5, "run-interrupted-2")):
        before = load_run(tmp_path / "run").metrics if (tmp_path / "run").exists() else None
        with pytest.raises(KeyboardInterrupt):
            trained(runs.rows, tmp_path / "run", BOTH, epochs=9)
        if before is not None:  # the earlier run is worth more
            assert load_run(tmp_path / "run").metrics == before
        run = load_run(tmp_path / place)
        assert run.interrupted and run.metrics["training"]["epochs"] == whole
        assert f"interrupted; trained on 60 rows, phase 1 of 2: {whole} epochs, best" in (
            said := capsys.readouterr().out
        )
        assert f"saved in {tmp_path / place}, not scored" in said
    monkeypatch.undo()
    run_evaluate(str(tmp_path / "run"), str(runs.rows))
    assert "was INTERRUPTED (3 whole epochs in all)" in capsys.readouterr().err
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    undisturbed, checkpoint = tmp_path / "undisturbed", tmp_path / "run" / CHECKPOINT
    with pytest.raises(CheckpointError, match="--epochs 9, not --epochs 8"):
        trained(runs.rows, tmp_path / "run", BOTH, overwrite=False, epochs=8)
    assert checkpoint.is_dir()
    trained(runs.rows, tmp_path / "run", BOTH, overwrite=False, epochs=9)
    assert "goes on from epoch 6 of 9" in capsys.readouterr().err and not checkpoint.exists()
    trained(runs.rows, undisturbed, BOTH, epochs=9)
    one, other = load_run(undisturbed), load_run(tmp_path / "run")
    assert one.metrics == other.metrics and not other.interrupted
    for a, b in zip(one.model.get_weights(), other.model.get_weights(), strict=True):
        assert a.tobytes() == b.tobytes()
    logs = [read_log(folder / LOG) for folder in (undisturbed, tmp_path / "run")]
    assert len({str([{**line, "time": 0} for line in log]) for log in logs}) == 1


def test_a_training_killed_while_it_is_scored_goes_on(runs, tmp_path, monkeypatch, capsys):
    def killed(*args: object) -> None:
        raise SystemExit(9)

    monkeypatch.setattr(command, "save_scores", killed)
    with pytest.raises(SystemExit):
        trained(runs.rows, tmp_path / "run", ONE, overwrite=False)
    monkeypatch.undo()
    trained(runs.rows, tmp_path / "run", ONE, overwrite=False)
    assert "nothing_known" in load_run(tmp_path / "run").metrics
    with pytest.raises(RunError, match="holds a run already"):
        trained(runs.rows, tmp_path / "run", ONE, overwrite=False)
