from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from labelfeed.data.dataset import DataError, Dataset
from labelfeed.encoding import UNKNOWN
from labelfeed.judging import evaluate_run
from labelfeed.labels import LabelSpec

TRUTH = np.random.default_rng(0).integers(0, 2, (200, 2)).astype(np.int32)
DATA = Dataset("arrays", np.zeros((200, 3)), TRUTH, LabelSpec.multi(["cough", "fever"], "labels"),
               np.arange(200), "rows")  # fmt: skip


def test_evaluate_run_scores_only_what_was_not_shown():
    """A run that copies what is shown and else says 0.5 must score 0.5 everywhere."""

    class Copier:
        spec = LabelSpec.multi(["cough", "fever"], name="labels")

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
