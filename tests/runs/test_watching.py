from __future__ import annotations

import keras
import numpy as np
import pytest

from labelfeed.data.table import load_table
from labelfeed.options import TrainingOptions
from labelfeed.runs.train import train
from labelfeed.runs.watching import BestWeights, Watch, greatest_is_best
from tests._rows import SHORT, write_csv

STEPS = TrainingOptions(**{**SHORT, "batch_size": 16})


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    path = write_csv(tmp_path_factory.mktemp("rows") / "rows.csv")
    return load_table(path, target="cough", labels=["fever"], drop=["class", "id"])


class After:
    """Asks to stop after so many questions; notes the weights at each epoch's end."""

    def __init__(self, questions: int) -> None:
        self.left = questions

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0


def fit(watch: Watch, epochs: int = 5, rows: int = 12, validate: bool = True):
    """Four batches an epoch, and two of the validation."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    x, y = np.ones((rows, 2)), np.arange(rows, dtype=float)
    best = BestWeights(watch, "val_loss" if validate else "loss", patience=10)
    held = {"validation_data": (x[:6], y[:6]), "validation_batch_size": 3} if validate else {}
    model.fit(x, y, batch_size=3, epochs=epochs, verbose=0, callbacks=[watch, best], **held)
    return model, best


# Seven questions an epoch: four batches, two of the validation, one at the end.
@pytest.mark.parametrize(
    ("questions", "epochs", "cut"),
    [(0, 0, True), (3, 0, True), (4, 0, True), (5, 0, True), (6, 1, False), (7, 1, True),
     (11, 1, True), (13, 2, False), (100, 5, False)],
)  # fmt: skip
def test_it_stops_after_the_batch_and_a_part_of_an_epoch_counts_as_none(questions, epochs, cut):
    told: list[int] = []
    watch = Watch(After(questions), told.append, lambda epoch, logs: told.append(epoch))
    model, best = fit(watch)
    summary = watch.summary("val_loss", validated=True)
    assert watch.cut == cut and watch.stopped == (questions < 100)
    assert summary["epochs"] == epochs and summary["interrupted"] == watch.stopped
    assert told == [1, *range(1, epochs + 1)]
    assert (summary["best_epoch"] is None) == (epochs == 0)
    if epochs:  # a part of the validation would look better than the whole of it
        assert best.best == min(watch.phases[0]["val_loss"]) == summary["best_validation_loss"]
    assert np.isfinite(model.get_weights()[0]).all()


def test_without_validation_the_weights_are_the_last_ones():
    watch = Watch(After(8))
    fit(watch, validate=False)
    assert watch.summary("val_loss", validated=False)["best_epoch"] == 1
    assert watch.summary("val_loss", validated=False)["best_validation_loss"] is None


def test_what_json_cannot_hold_and_nan_is_no_best():
    watch = Watch()
    watch.phases = [{"loss": [1.0, 2.0, 3.0], "val_loss": [np.nan, 0.5, np.inf]}, {}]
    found = watch.summary("val_loss", validated=True)
    assert (found["best_epoch"], found["best_validation_loss"], found["loss"]) == (2, 0.5, 3.0)
    watch.phases = [{"loss": [1.0], "val_loss": [np.nan]}, {"loss": [1.0], "val_loss": [np.inf]}]
    found = watch.summary("val_loss", validated=True)
    assert (found["best_epoch"], found["best_validation_loss"]) == (2, None)
    assert found["phases"] == [{"epochs": 1, "best_epoch": 1}] * 2
    assert greatest_is_best("val_accuracy") and not greatest_is_best("val_loss")


def test_both_phases_end_and_the_best_weights_are_kept(rows):
    """Four batches an epoch; the validation of the second phase has several draws."""
    for questions, phases in ((2, [0]), (13, [2, 0]), (25, [2, 1])):
        kept: list[object] = []
        run = train(rows, STEPS, stop=After(questions), on_trained=kept.append)
        done = run.metrics["training"]
        assert run.interrupted and kept == [run]
        assert [phase["epochs"] for phase in done["phases"]] == phases
        assert list(run.metrics) == ["training"]  # nothing is scored
        assert np.isfinite(run.predict(rows.features, rows.labels)).all()
        # Before the second phase has an epoch known labels count by naive Bayes, not by chance.
        change = run.model.network.get_layer("known_labels").change.get_weights()
        assert any(weights.any() for weights in change) == (phases == [2, 1])
    run = train(rows, STEPS, stop=After(1000))
    assert not run.interrupted and "nothing_known" in run.metrics
    assert [p["epochs"] for p in run.metrics["training"]["phases"]] == [2, 2]
