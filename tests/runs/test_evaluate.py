from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier

from labelfeed.data.dataset import DataError, Dataset, Numbers
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.embeddings import verification_scores
from labelfeed.models.wrapping import as_predictor
from labelfeed.runs.embed import embed
from labelfeed.runs.evaluate import Evaluation, evaluate_run
from tests._blobs import NAMES, blobs, margin_run

TRUTH = np.random.default_rng(0).integers(0, 2, (200, 2)).astype(np.int32)
DATA = Dataset("arrays", np.zeros((200, 3)), TRUTH, LabelSpec.multi(["cough", "fever"], "labels"),
               np.arange(200), "rows")  # fmt: skip


def test_evaluate_run_scores_only_what_was_not_shown():
    """A run that copies what is shown and else says 0.5 must score 0.5 everywhere."""

    def copier(features, known):
        return np.where(known == UNKNOWN, 0.5, known)

    metrics = evaluate_run(as_predictor(copier, DATA.spec), DATA)
    for part in ("nothing_known", "partly_known", "not_fed"):
        assert metrics[part]["macro_auc"] == 0.5
        assert metrics[part]["log_loss"] == pytest.approx(np.log(2))


def test_what_is_known_is_compared_on_the_very_labels_that_are_scored():
    """A run that knows all once it is shown anything: only `partly_known` may be perfect."""

    def knower(features, known):
        return TRUTH * 1.0 if (known != UNKNOWN).any() else np.full((len(features), 2), 0.5)

    metrics = evaluate_run(as_predictor(knower, DATA.spec), DATA)
    assert metrics["partly_known"]["accuracy"] == 1.0
    assert metrics["not_fed"]["accuracy"] == pytest.approx(0.5, abs=0.1)
    assert metrics["not_fed"]["labels"] == metrics["partly_known"]["labels"] < TRUTH.size


def test_a_users_estimator_is_scored_with_nothing_known():
    x = np.random.default_rng(1).normal(size=TRUTH.shape) + 4 * TRUTH
    forest = RandomForestClassifier(20, random_state=0).fit(x[:100], TRUTH[:100])
    held = dataclasses.replace(DATA, features=x).take(np.arange(100, 200))
    metrics = evaluate_run(as_predictor(forest, DATA.spec), held)
    assert set(metrics) == {"nothing_known"}
    assert metrics["nothing_known"]["macro_auc"] > 0.97


def test_weights_count_in_every_score():
    def guess(features, known):
        return np.where(known == UNKNOWN, 0.9, known)

    heavy = np.where(TRUTH == 1, 3.0, 1.0).astype(np.float32)  # the right ones
    metrics = evaluate_run(as_predictor(guess, DATA.spec), dataclasses.replace(DATA, weights=heavy))
    share = heavy[TRUTH == 1].sum() / heavy.sum()
    assert metrics["nothing_known"]["accuracy"] == pytest.approx(share)
    assert metrics["partly_known"]["accuracy"] == pytest.approx(share, abs=0.05)
    assert metrics["weighted"] is True


def test_rows_without_a_label():
    unknown = dataclasses.replace(DATA, labels=np.full_like(TRUTH, UNKNOWN))
    with pytest.raises(DataError, match="no row has a label"):
        evaluate_run(None, unknown)


def test_a_margin_run_is_scored_as_a_classifier_and_by_pairs():
    run, rows = margin_run(), blobs(NAMES[:3], 10, seed=4)
    features = rows.drop(columns=["id", "class"])
    labels = run.spec.encode(rows["class"])
    labels[:3] = UNKNOWN
    data = Dataset("table", features, labels, run.spec, np.arange(30), "rows")
    metrics = evaluate_run(run, data)
    assert metrics["nothing_known"]["accuracy"] > 0.9 and metrics["nothing_known"]["rows"] == 27
    assert metrics["nothing_known"]["log_loss"] < 0.5
    found = metrics["verification"]
    assert found == verification_scores(embed(run, features), labels)
    assert found["rows"] == 27 and found["recall_at_1"] > 0.9 and found["pair_auc"] > 0.9
    assert json.loads(json.dumps(metrics)) == metrics
    assert {k: run.metrics[k] for k in metrics}.keys() == metrics.keys()


def test_numbers_are_scored_in_their_unit_known_and_not_known():
    """Who is told the fever knows the age: 20 without, 60 with it."""
    fever = np.random.default_rng(0).integers(0, 2, 200)
    age = 20.0 + 40 * fever
    number = LabelSpec.number(age, name="age", ranges=[40])
    spec = LabelSpec.columns([number, "fever"])

    def model(features, known):
        yes = np.where(known[:, 2] == UNKNOWN, 0.5, known[:, 2])
        return np.stack([1 - yes, yes, yes], axis=1)

    rows = Dataset("arrays", np.zeros((200, 3)), spec.encode({"age": age, "fever": fever}), spec,
                   np.arange(200), "rows", numbers={"age": Numbers(age, 5)})  # fmt: skip
    found = evaluate_run(as_predictor(model, spec), rows)["numbers"]
    assert found["nothing_known"]["age"]["mae"] == pytest.approx(20)
    assert found["nothing_known"]["age"]["coverage"] == 1.0
    assert found["partly_known"]["age"]["mae"] == pytest.approx(0)  # always beside the fever
    assert found["not_fed"]["age"]["mae"] == pytest.approx(20)
    assert found["partly_known"]["age"]["rows"] < 200


def test_a_notebook_shows_a_table_of_the_scores() -> None:
    scores = {"rows": 3, "accuracy": 0.5, "kappa": None, "auc": {"<b>": 0.5}}
    found = Evaluation(nothing_known=scores, sides={"known": scores, "rows": 3}, rows="<i>")
    assert found.to_frame()["known"].tolist() == ["nothing known", "sides known"]
    assert "kappa" not in found.to_frame() and found.to_dict() == dict(found)
    assert "0.500" in found._repr_html_() and "<b>" not in found._repr_html_().split("</p>")[1]
