"""Who follows a training."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import keras
import pytest

from labelfeed.records.training_log import LOG, TrainingLog, read_log
from labelfeed.runs.tracking import (
    TRACKERS,
    JsonLines,
    MLflow,
    TensorBoard,
    Trackers,
    TrackingError,
    figures_of,
    tracker,
)

RUN = SimpleNamespace(
    model=None,
    options={"width": 8, "network": None},
    metrics={
        "nothing_known": {"accuracy": 0.5, "labels": 9, "kappa": None},
        "sides": {"known": {"accuracy": 0.75}},
        "training": {"losses": {"logistic": 0.4}, "seconds": {"side labels": 1.5}},
    },
)


class Callback(keras.callbacks.Callback):
    """Stands for the callback of another package: remembers what it is told."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__()
        self.told: list[object] = []

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self.told.append((epoch, logs))


@pytest.fixture
def mlflow(monkeypatch) -> ModuleType:
    """A module that stands for MLflow."""
    made, inner = ModuleType("mlflow"), ModuleType("mlflow.keras")
    made.told = []
    for name in ("start_run", "log_params", "log_metrics", "end_run"):
        setattr(made, name, lambda *a, _name=name, **k: made.told.append((_name, a, k)))
    inner.MlflowCallback = Callback
    monkeypatch.setitem(sys.modules, "mlflow", made)
    monkeypatch.setitem(sys.modules, "mlflow.keras", inner)
    return made


def test_figures_are_all_scores_by_name() -> None:
    assert figures_of(RUN) == {
        "accuracy": 0.5, "sides_known_accuracy": 0.75, "losses_logistic": 0.4,
        "seconds_side_labels": 1.5,
    }  # fmt: skip


def test_json_lines_hold_epochs_models_and_scores(tmp_path) -> None:
    seen: list[object] = []
    follow = Trackers(
        [JsonLines(TrainingLog(tmp_path / LOG))], seen.append, lambda *a: seen.append(a)
    )
    follow.phase(2)
    follow.epoch(1, {"loss": 0.5})
    follow.epoch(1, {"model": "logistic", "seconds": 0.1})
    follow.finish(RUN)
    lines = read_log(tmp_path / LOG)
    assert seen[0] == 2 and seen[1] == (1, {"loss": 0.5})
    assert (lines[0]["phase"], lines[0]["epoch"], lines[0]["loss"]) == (2, 1, 0.5)
    assert (lines[1]["fitted"], lines[1]["model"]) == (1, "logistic") and "epoch" not in lines[1]
    assert lines[2]["out_of_fold_loss"] == 0.4
    assert [line["scores"] for line in lines[3:]] == ["nothing_known", "sides_known"]
    assert follow.callbacks() == []


def test_mlflow_gets_options_scores_and_its_own_callback(mlflow) -> None:
    made = tracker("mlflow", Path("some/run"))
    assert isinstance(made, MLflow) and isinstance(made.callbacks()[0], Callback)
    made.finish(RUN)
    made.close()
    made.close()
    assert [name for name, _, _ in mlflow.told] == [
        "start_run", "log_params", "log_metrics", "end_run",
    ]  # fmt: skip
    assert mlflow.told[0][2] == {"run_name": "run"}
    assert mlflow.told[1][1] == ({"width": "8"},) and mlflow.told[2][1] == (figures_of(RUN),)


def test_tensorboard_gets_the_scores_beside_the_last_epoch(monkeypatch, tmp_path) -> None:
    made: list[Callback] = []
    monkeypatch.setitem(sys.modules, "tensorflow", ModuleType("tensorflow"))
    monkeypatch.setitem(sys.modules, "tensorboard", ModuleType("tensorboard"))
    monkeypatch.setattr(
        keras.callbacks, "TensorBoard", lambda *a, **k: made.append(Callback()) or made[-1]
    )
    board = tracker("tensorboard", tmp_path)
    assert isinstance(board, TensorBoard) and board.folder.parent == tmp_path / "tensorboard"
    board.epoch(1, 7, {"loss": 0.5})
    board.finish(RUN)
    assert made[0].told == [(7, {f"val_{k}": v for k, v in figures_of(RUN).items()})]


@pytest.mark.parametrize("name", TRACKERS)
def test_a_missing_package_names_the_extra(monkeypatch, tmp_path, name: str) -> None:
    for package in ("mlflow", "tensorboard"):
        monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(TrackingError, match=r"pip install 'labelfeed\[tracking\]'"):
        tracker(name, tmp_path)
