"""The score that is tuned, of predictors that need no training."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from labelfeed.data.dataset import Sides
from labelfeed.labels.spec import LabelSpec
from labelfeed.predictors.predictor import Predictor
from labelfeed.tuning.hidden import SCORED_SHARES, hidden_score, usual_metric
from tests.comparison._rows import findings, turned


class Asked(Predictor):
    """Is surer of every label where one is known to be there, and keeps what it is asked."""

    def __init__(self, spec, sides=(), reads=True):
        super().__init__(spec, sides=sides)
        self.reads_label, self.asked = reads, []

    def scores(self, x, known=None, sides=None):
        self.asked.append((known, sides))
        p = np.full((len(x), self.spec.num_classes), 0.4)
        if known is not None:
            p[:] = np.where(known.max(axis=1) == 1, 0.9, 0.4)[:, None]
        if self.spec.kind == "single":
            p = np.full((len(x), self.spec.num_classes), 1 / self.spec.num_classes)
        return p


def test_known_labels_are_shown_by_shares_and_never_scored():
    rows = findings(60)
    model = Asked(rows.spec)
    value = hidden_score(model, rows, "log_loss")
    shares = [0.0 if known is None else (known >= 0).mean() for known, _ in model.asked]
    assert len(shares) == len(SCORED_SHARES) and shares[0] == 0 and shares == sorted(shares)
    assert value < 0 and hidden_score(model, rows, "accuracy") > 0.5
    blind = Asked(rows.spec, reads=False)
    assert hidden_score(blind, rows, "log_loss") != value and len(blind.asked) == 1


def test_side_labels_are_known_by_their_names_in_the_model():
    rows = turned(40)
    names = LabelSpec.single(["B", "A"], name="scanner")  # as a run has them that saw B first
    model = Asked(rows.spec, (names,), reads=False)
    hidden_score(model, rows, "log_loss")
    known = model.asked[0][1]["scanner"]
    assert known.tolist() == (1 - rows.sides.ids[:, 0]).tolist()
    unseen = Sides((LabelSpec.single(["C", "B"], name="scanner"),), rows.sides.ids)
    hidden_score(model, dataclasses.replace(rows, sides=unseen), "log_loss")
    assert set(model.asked[1][1]["scanner"].tolist()) == {-1, 0}


def test_no_score_is_nan_and_rows_without_a_label_do_not_count():
    rows = turned(10)
    same = rows.take(rows.labels == 0)
    assert np.isnan(hidden_score(Asked(rows.spec, reads=False), same, "macro_auc"))
    with pytest.raises(AttributeError):
        hidden_score(Asked(rows.spec, reads=False), rows, "no_metric")


def test_strategies_whose_probabilities_are_of_something_else_have_their_own_metric():
    found = {name: usual_metric(name) for name in ("plain", "partial-labels", "noisy-labels")}
    assert found == {"plain": "log_loss", "partial-labels": "log_loss", "noisy-labels": "macro_auc"}
