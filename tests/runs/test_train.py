from __future__ import annotations

import dataclasses

import keras
import numpy as np
import pytest

from labelfeed.data.dataset import DataError, Dataset
from labelfeed.data.table import load_table
from labelfeed.labels.prior import PriorError
from labelfeed.labels.spec import LabelSpec
from labelfeed.options import MarginOptions, PlainOptions, TrainingOptions
from labelfeed.runs.chance import AT_CHANCE
from labelfeed.runs.train import AUTO_PLAIN, OWN_COPY, train
from labelfeed.visibility.policies import Hidden, Masked
from tests._rows import SHORT, table, write_csv

FAST = TrainingOptions(**SHORT)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    path = write_csv(tmp_path_factory.mktemp("rows") / "rows.csv")
    return {
        "single": load_table(path, target="class", drop=["cough", "fever"]),
        "multi": load_table(path, target="cough", labels=["fever"], drop=["class"]),
    }


def test_single(data):
    notes, epochs = [], []
    options = dataclasses.replace(FAST, epochs=30, learning_rate=1e-2)
    run = train(data["single"], options, note=notes.append, on_epoch=lambda e, _: epochs.append(e))
    assert AUTO_PLAIN in notes and OWN_COPY not in notes and "\n" not in AUTO_PLAIN
    assert any("'id' left out" in line for line in notes)
    assert run.model.visibility == Hidden()
    assert run.options["strategy"] == "plain"
    assert epochs == list(range(1, run.metrics["training"]["epochs"] + 1))
    assert run.metrics["nothing_known"]["accuracy"] > 0.8
    assert "partly_known" not in run.metrics
    assert run.metrics["training"]["test_rows"] == len(run.split["test"]) == 17
    # Rows without a label are trained on at no cost, never scored.
    assert not set(np.flatnonzero(~data["single"].labelled)) & set(run.split["test"])


def test_masked_is_trained_when_asked_for_and_says_what_it_is_worth(data):
    notes = []
    options = dataclasses.replace(FAST, strategy="masked", epochs=1)
    run = train(data["single"], options, note=notes.append)
    assert run.model.visibility == Masked(0.5, seed=0)
    assert OWN_COPY in notes and AUTO_PLAIN not in notes


@pytest.mark.only_backend("torch")  # splits, options and notes are of no backend
def test_what_is_not_given_is_the_recipes(data, monkeypatch):
    seen = {}

    def fit(model, *args, epochs, batch_size, callbacks, **kwargs):
        stop = next(c for c in callbacks if isinstance(c, keras.callbacks.EarlyStopping))
        seen.update(epochs=epochs, batch_size=batch_size, patience=stop.patience)
        seen["watch"] = stop.monitor
        raise KeyboardInterrupt

    monkeypatch.setattr("labelfeed.models.label_fed.LabelFedModel.fit", fit)
    monkeypatch.setattr("labelfeed.models.margin.MarginModel.fit", fit, raising=False)
    for options, own in (
        (TrainingOptions(plain="network"), PlainOptions()),
        (TrainingOptions("margin", patience=3), MarginOptions(patience=3)),
        (MarginOptions(batch_size=7), MarginOptions(batch_size=7)),
    ):
        with pytest.raises(KeyboardInterrupt):
            train(data["single"], options)
        wanted = {name: getattr(own, name) for name in seen}
        assert seen == wanted


def test_the_best_epoch_is_the_best_in_what_the_strategy_watches(data):
    options = TrainingOptions("margin", width=8, epochs=6, learning_rate=1e-2)
    accuracy = []
    note = lambda epoch, logs: accuracy.append(logs["val_accuracy"])  # noqa: E731
    run = train(data["single"], options, on_epoch=note)
    assert run.metrics["training"]["best_epoch"] == int(np.argmax(accuracy)) + 1
    assert run.metrics["training"]["best_validation_loss"] > 0


def test_multi(data):
    notes = []
    run = train(data["multi"], FAST, note=notes.append)
    assert OWN_COPY not in notes
    assert run.model.visibility == Masked("uniform", seed=0)
    assert run.metrics["partly_known"]["known_share"] == 0.5
    assert run.metrics["partly_known"]["labels"] < run.metrics["nothing_known"]["labels"]
    assert set(run.metrics["nothing_known"]["auc"]) == {"cough", "fever"}


def test_same_seed_same_numbers(data):
    one, two = (train(data["multi"], FAST).predict(data["multi"].features) for _ in range(2))
    np.testing.assert_array_equal(one, two)


@pytest.mark.only_backend("torch")  # the weights themselves: models/test_weights.py
def test_weights_reach_training_and_scores(tmp_path):
    frame = table()
    heavy = np.random.default_rng(0).integers(0, 3, len(frame))
    frame["w"] = heavy
    frame.to_csv(tmp_path / "zero.csv", index=False)
    frame.loc[heavy == 0, ["cough", "fever", "w"]] = None
    frame.to_csv(tmp_path / "unknown.csv", index=False)
    how = {"target": "cough", "labels": ["fever"]}
    zero, unknown = (
        load_table(tmp_path / f"{name}.csv", weights=["w"], drop=["class"], **how)
        for name in ("zero", "unknown")
    )
    options = dataclasses.replace(FAST, epochs=1)
    runs = [train(data, options) for data in (zero, unknown)]
    runs.append(train(dataclasses.replace(zero, weights=None), options))
    one, two, unweighted = (run.predict(zero.features) for run in runs)
    np.testing.assert_array_equal(one, two)  # weight 0: unknown, and unread
    assert np.abs(one - unweighted).max() > 1e-5
    assert runs[0].metrics["weighted"] and "weighted" not in runs[2].metrics


def test_weight_decay_and_hidden_rate_reach_the_model(data):
    options = dataclasses.replace(FAST, epochs=1, weight_decay=0.25, hidden_rate=0.75)
    run = train(data["multi"], options)
    assert isinstance(run.model.optimizer, keras.optimizers.AdamW)
    assert run.model.optimizer.weight_decay == 0.25
    assert run.model.visibility.rate == 0.75


@pytest.mark.only_backend("torch")  # splits, options and notes are of no backend
def test_no_test_and_no_validation_part(data):
    run = train(data["single"], dataclasses.replace(FAST, test_share=0.0, validation_share=0.0))
    assert list(run.metrics) == ["training"]
    assert run.metrics["training"]["train_rows"] == 90
    assert run.metrics["training"]["best_validation_loss"] is None


def test_a_loss_that_explodes_is_told(data):
    huge = dataclasses.replace(FAST, learning_rate=1e30, epochs=3, activation="linear")
    with pytest.raises(DataError, match="NaN or infinite: lower the learning rate"):
        train(data["multi"], huge)


@pytest.mark.only_backend("torch")  # splits, options and notes are of no backend
def test_labels_random_by_patient_score_at_chance_with_groups_and_well_above_without():
    """The control of invariant 9; that it can fail is its second half."""
    rng = np.random.default_rng(0)
    who = np.repeat(np.arange(200), 4)
    x = rng.normal(size=(200, 8))[who] + 0.01 * rng.normal(size=(800, 8))
    ill = rng.integers(0, 2, 200)[who].astype(np.int32)
    data = Dataset("arrays", x, ill, LabelSpec.single(2, name="ill"), np.arange(800), "made up")
    quick = PlainOptions(epochs=30, width=64, depth=2, dropout=0.0, learning_rate=1e-2)
    notes: list[str] = []
    grouped = dataclasses.replace(data, groups=who, group_name="patient")
    fair = train(grouped, quick, note=notes.append)
    assert "split by 'patient': 200 groups" in notes
    held = set(who[fair.split["test"]]) | set(who[fair.split["validation"]])
    rest = np.setdiff1d(np.arange(800), fair.split["test"] + fair.split["validation"])
    assert not held & set(who[rest])
    assert not set(who[fair.split["test"]]) & set(who[fair.split["validation"]])
    assert fair.metrics["nothing_known"]["macro_auc"] < 0.72
    assert len(fair.seen.groups) == 200 - len(set(who[fair.split["test"]]))
    notes.clear()
    torn = train(data, quick, note=notes.append)
    assert torn.metrics["nothing_known"]["macro_auc"] > 0.9
    assert any("held-out rows are nearly, but not quite, a training row" in n for n in notes)
    assert AT_CHANCE not in notes


@pytest.mark.only_backend("torch")  # splits, options and notes are of no backend
def test_labels_of_an_npz_in_another_order_than_its_rows_are_at_chance_and_said():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 4))
    ill = rng.permutation((x[:, 0] > 0).astype(np.int32))
    data = Dataset("arrays", x, ill, LabelSpec.single(2, name="ill"), np.arange(400), "made up")
    notes: list[str] = []
    quick = PlainOptions(epochs=1, width=8, depth=1, learning_rate=1e-5)
    run = train(data, quick, note=notes.append)
    assert notes[-1] == AT_CHANCE
    assert run.seen.overlap(x).rows == 400 - len(run.split["test"])


def test_a_deployment_prior_is_put_into_the_model_and_kept(data):
    notes = []
    options = dataclasses.replace(FAST, given={**FAST.given, "epochs": 1, "deploy_prior": "x=2"})
    with pytest.raises(PriorError, match="expected one of"):
        train(data["single"], options, note=notes.append)
    assert not notes
    names = data["single"].spec.names
    prior = dict.fromkeys(names[1:], 0.001)
    options = dataclasses.replace(FAST, given={**FAST.given, "epochs": 1, "deploy_prior": prior})
    run = train(data["single"], options, note=notes.append)
    assert run.metrics["training"]["prior"]["stated"].items() >= prior.items()
    assert set(run.metrics["training"]["prior"]["trained"]) == set(names)
    assert run.options["deploy_prior"] == prior
    assert any(line.startswith("deployment prior: ") for line in notes)
    assert (run.predict(data["single"].features).argmax(axis=1) == 0).all()
