from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.table import load_table
from labelfeed.options import TrainingOptions
from labelfeed.runs.folder import load_run
from labelfeed.runs.saving import save_run
from labelfeed.runs.train import train
from labelfeed.strategies.networks import NetworkError
from tests._rows import write_csv
from tests.noise._rows import planted


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write_csv(tmp_path_factory.mktemp("rows") / "rows.csv")


@pytest.mark.only_backend("torch", "jax")  # plain models without Keras; its file passed on each
def test_a_table_is_trained_with_plain_models_of_every_kind(path, tmp_path):
    rows = load_table(path, target="cough", labels=["fever", "class"])
    notes, steps, phases = [], [], []
    run = train(
        rows,
        TrainingOptions(seed=1),
        note=notes.append,
        on_epoch=lambda number, logs: steps.append((number, sorted(logs))),
        on_phase=phases.append,
    )
    done = run.metrics["training"]
    assert phases == [1] and steps == [(number, ["model", "seconds"]) for number in (1, 2, 3, 4)]
    assert done["plain"] in notes and done["plain"].startswith("plain: logistic")
    assert set(done["seconds"]) >= {"logistic", "extra-trees", "boosting", "network", "readers"}
    # No row is kept for early stopping; nor is one scored that was trained on.
    assert done["validation_rows"] == 0 and done["train_rows"] + done["test_rows"] <= 90
    assert "partly_known" in run.metrics
    save_run(run, tmp_path / "run")
    again = load_run(tmp_path / "run")
    p = run.predict(rows.features)
    assert np.allclose(again.predict(rows.features), p, atol=1e-6)
    told = again.predict(rows.features, known={"class": "ill"})
    assert not np.allclose(told[:, 0], p[:, 0])


def test_an_option_of_one_network_trains_one(path):
    rows = load_table(path, target="class")
    run = train(rows, TrainingOptions(epochs=2, width=8))
    assert "plain" not in run.metrics["training"] and run.metrics["training"]["epochs"] == 2
    assert run.metrics["training"]["validation_rows"] > 0


def test_what_only_a_network_learns_from_is_told_before_training(path):
    rows = load_table(path, target="cough", labels=["fever"])
    rows = dataclasses.replace(rows, weights=np.ones((len(rows), 2), np.float32))
    with pytest.raises(NetworkError, match="--plain network"):
        train(rows, TrainingOptions(plain="logistic"))


def test_soft_repaired_labels_are_trained_on(tmp_path):
    x, true, given = planted(300, rate=0.3)
    rows = pd.DataFrame(x, columns=["a", "b", "c"]).assign(kind=np.array(["p", "q", "r"])[given])
    rows.to_csv(tmp_path / "rows.csv", index=False)
    data = load_table(tmp_path / "rows.csv", target="kind")
    notes, judged = [], []
    options = TrainingOptions("noisy-labels", plain="logistic")
    run = train(data, options, note=notes.append, on_judged=lambda *done: judged.append(done))
    assert judged == [(done, 6) for done in range(7)]
    assert any("of the training labels are estimated to be wrong" in line for line in notes)
    p = run.predict(data.features)
    assert (p.argmax(axis=1) == true).mean() > 0.97
    assert np.median(p.max(axis=1)) > 0.85, "as sure as the true labels are, not the given ones"
    assert run.metrics["training"]["test_rows"] == 60
    save_run(run, tmp_path / "run")
    assert np.allclose(load_run(tmp_path / "run").predict(data.features), p, atol=1e-6)


def test_rows_without_a_label_are_used_and_never_tested(tmp_path):
    x, true, _ = planted(90, rate=0.0)
    rows = pd.DataFrame(x, columns=["a", "b", "c"]).assign(kind=np.array(["p", "q", "r"])[true])
    rows.loc[30:, "kind"] = None
    rows.to_csv(tmp_path / "rows.csv", index=False)
    data = load_table(tmp_path / "rows.csv", target="kind")
    notes, judged, phases = [], [], []
    run = train(
        data,
        TrainingOptions("semi-supervised", plain="logistic"),
        note=notes.append,
        on_judged=lambda *done: judged.append(done),
        on_phase=lambda number: phases.append(judged[-1]),
    )
    assert judged[0] == (0, 18) and phases == [(18, 18)], "its bar is over when training begins"
    assert any(line.startswith("pseudo-labels of 60 rows ") for line in notes)
    assert set(run.split["test"]) < set(range(30)) and run.split["validation"] == []
