"""The control on random labels: who reads them is found, who learns them by heart is not."""

from __future__ import annotations

import types

import numpy as np
import pandas as pd
import pytest

from labelfeed.audit.chance import best_blind, convicts
from labelfeed.audit.control import random_label_control
from labelfeed.audit.leak import audit
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.wrapping import as_predictor
from labelfeed.predictors.predictor import Predictor
from labelfeed.predictors.responses import PredictorError

pytestmark = pytest.mark.only_backend("torch")
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(200, 3)), RNG.integers(0, 2, 200)
SPEC, FINDINGS = LabelSpec.single(2), LabelSpec.multi(3)
MANY = RNG.integers(0, 2, (200, 3))


def blind(x, label):
    return np.hstack([x[:, :1], -x[:, :1]]) + 1e-3 * np.eye(2)[label]


def copies(x, label):
    return np.eye(2)[label]


def told(function, **history):
    """A model that says what Keras says after `fit`."""
    model = types.SimpleNamespace(history=types.SimpleNamespace(history=history))
    model.predict_proba = function
    return model


def by_heart(x, y):
    """Learn the most frequent label of each row, and report how often that was right."""
    rows = np.unique(x[:, 0], return_inverse=True)[1]
    right = best_blind(y, SPEC, rows)[0]
    return told(lambda x: np.full((len(x), 2), 0.5), accuracy=[0.5, right])


def control(train, x=X, y=Y, spec=SPEC, seed=0):
    return random_label_control(train, x, y, spec, seed, lambda model: as_predictor(model, spec))


def convicted(found):
    return [score.what for score in found.scores if convicts(score, 0.01 / 4)]


def test_a_model_that_copies_what_it_is_fed_scores_held_out_random_labels() -> None:
    found = control(lambda x, y: copies)
    assert convicted(found) == ["held-out accuracy"]
    assert found.scores[0].score == 1.0 and found.scores[0].chance < 0.6
    several = control(lambda x, y: lambda x, known: known, y=MANY, spec=FINDINGS)
    assert convicted(several) == ["held-out accuracy"]


def test_a_training_that_bypasses_the_visibility_reports_more_than_can_be_learned() -> None:
    found = control(lambda x, y: told(lambda x: np.full((len(x), 2), 0.5), accuracy=[0.7, 0.99]))
    assert convicted(found) == ["training accuracy"]


@pytest.mark.parametrize("seed", range(20))
def test_learning_by_heart_and_reading_nothing_stay_within_chance(seed: int) -> None:
    learned = control(by_heart, seed=seed)
    assert [s.what for s in learned.scores] == ["training accuracy"]
    assert learned.scores[0].score > 0.53  # it was learned, as far as that goes
    assert convicted(learned) == []
    assert convicted(control(lambda x, y: blind, seed=seed)) == []


def test_evaluation_that_feeds_the_label_is_found_by_what_it_reports() -> None:
    class Reports(Predictor):
        def scores(self, x, known=None, sides=None):
            return np.full((len(x), 2), 0.5)

        def own_evaluation(self, x, ids):
            return {"accuracy": float((ids == self.said(ids)).mean())}

    for said, wanted in ((lambda y: y, ["evaluate accuracy"]), (np.zeros_like, [])):
        model = Reports(SPEC)
        model.said = said
        assert convicted(control(lambda x, y, model=model: model)) == wanted


def test_the_labels_are_random_the_rows_few_and_in_copies_and_a_table_stays_one() -> None:
    seen = {}

    def train(x, y):
        seen["x"], seen["y"] = x, y
        return lambda x, label: blind(np.asarray(x), label)

    table = pd.DataFrame(X, columns=["a", "b", "c"])
    found = control(train, table)
    assert list(seen["x"].columns) == ["a", "b", "c"]
    assert (found.rows, found.held_out) == (64 * 32, 136)
    assert len(seen["x"]["a"].unique()) == 64 and seen["y"].dtype == np.int32
    labels = seen["y"].reshape(-1)[np.argsort(seen["x"]["a"], kind="stable")].reshape(64, 32)
    assert 0.3 < labels.mean(axis=1).min() + 0.2 < labels.mean(axis=1).max()


def test_what_cannot_be_done_is_named() -> None:
    with pytest.raises(PredictorError, match="returned None"):
        control(lambda x, y: None)
    with pytest.raises(PredictorError, match="at least 4 rows, got 3"):
        control(lambda x, y: blind, X[:3], Y[:3])


def test_the_audit_runs_it_and_says_what_to_do() -> None:
    leak = audit(blind, X, Y, SPEC, train=lambda x, y: copies)
    assert (leak.verdict, leak.findings[-1].kind) == ("leak", "random labels learned")
    assert "mend: " in str(leak) and leak.to_dict()["control"]["held_out"] == 136
    assert audit(blind, X, Y, SPEC, train=lambda x, y: blind).verdict == "no leak found"
