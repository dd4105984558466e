from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from labelfeed.data.dataset import DataError, Dataset
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.embeddings import verification_scores
from labelfeed.runs.embed import embed
from labelfeed.runs.evaluate import evaluate_run
from tests._blobs import NAMES, blobs, margin_run

TRUTH = np.random.default_rng(0).integers(0, 2, (200, 2)).astype(np.int32)
DATA = Dataset("arrays", np.zeros((200, 3)), TRUTH, LabelSpec.multi(["cough", "fever"], "labels"),
               np.arange(200), "rows")  # fmt: skip


def test_evaluate_run_scores_only_what_was_not_shown():
    """A run that copies what is shown and else says 0.5 must score 0.5 everywhere."""

    class Copier:
        spec = LabelSpec.multi(["cough", "fever"], name="labels")
        model = None

        def predict(self, features, known=None):
            shape = (len(features), 2)
            known = np.full(shape, UNKNOWN) if known is None else known
            return np.where(known == UNKNOWN, 0.5, known)

    metrics = evaluate_run(Copier(), DATA)
    for part in ("nothing_known", "partly_known", "not_fed"):
        assert metrics[part]["macro_auc"] == 0.5
        assert metrics[part]["log_loss"] == pytest.approx(np.log(2))


def test_what_is_known_is_compared_on_the_very_labels_that_are_scored():
    """A run that knows all once it is shown anything: only `partly_known` may be perfect."""

    class Knower:
        spec = LabelSpec.multi(["cough", "fever"], name="labels")
        model = None

        def predict(self, features, known=None):
            return np.full((len(features), 2), 0.5) if known is None else TRUTH * 1.0

    metrics = evaluate_run(Knower(), DATA)
    assert metrics["partly_known"]["accuracy"] == 1.0
    assert metrics["not_fed"]["accuracy"] == pytest.approx(0.5, abs=0.1)
    assert metrics["not_fed"]["labels"] == metrics["partly_known"]["labels"] < TRUTH.size


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
