from __future__ import annotations

import json

import numpy as np
import pytest
from scipy import stats

from labelfeed.data.dataset import Dataset, Sides
from labelfeed.labels.spec import LabelSpec
from labelfeed.predictors.predictor import Predictor
from labelfeed.runs.evaluate import evaluate_run
from labelfeed.runs.side_scores import WRONG_SHARE, score_sides
from labelfeed.sides.bayes_product import BayesProduct

TARGET, SIDE = LabelSpec.single(2, "ill"), LabelSpec.single(2, "code")
Y = np.random.default_rng(0).integers(0, 2, 1000).astype(np.int32)


class Believer(Predictor):
    """Says what the side label says; without one it says "no" to all, unsurely."""

    product = BayesProduct(TARGET, SIDE, mode="soft", error_rate=0.1).fit(Y, [Y])

    def __init__(self, spec=TARGET):
        super().__init__(spec, sides=(SIDE,))

    def scores(self, x, known=None, sides=None):
        out = np.tile([0.6, 0.4], (len(x), 1))
        if sides is not None:
            told = sides["code"]
            out[told >= 0] = np.eye(2)[told[told >= 0]] * 0.8 + 0.1
        return out


def rows(side: np.ndarray) -> Dataset:
    sides = Sides((SIDE,), side[:, None].astype(np.int32))
    return Dataset("arrays", np.zeros((len(Y), 1)), Y, TARGET, np.arange(len(Y)), "f", sides=sides)


def test_known_unknown_and_wrong_side_labels():
    found = score_sides(Believer(), rows(Y))
    assert found["known"]["accuracy"] == found["product_known"]["accuracy"] == 1.0
    assert found["unknown"]["accuracy"] == pytest.approx((Y == 0).mean())
    assert found["wrong"]["accuracy"] == pytest.approx(1 - WRONG_SHARE, abs=0.02)
    gain, half = found["over_plain"]
    assert gain == pytest.approx((Y == 1).mean())
    low, high = stats.t.interval(0.95, 999, gain, stats.sem((Y == 1).astype(float)))
    assert half == pytest.approx((high - low) / 2)
    assert found["over_product"] == [0.0, 0.0]
    assert found["product_over_plain"][0] == pytest.approx(gain)
    assert (found["rows"], found["without"]) == (1000, 0)


def test_rows_without_a_side_label():
    found = score_sides(Believer(), rows(np.where(np.arange(1000) < 250, -1, Y)))
    assert found["without"] == 250
    assert found["known"]["accuracy"] == pytest.approx(1 - 0.25 * (Y[:250] == 1).mean())


def test_one_row_has_a_gain_and_no_interval():
    data = rows(Y).take(np.flatnonzero(Y == 1)[:1])
    found = score_sides(Believer(), data)
    assert found["over_plain"] == [1.0, None]
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_evaluate_run_holds_them():
    metrics = evaluate_run(Believer(), rows(Y))
    assert metrics["sides"]["known"]["accuracy"] == 1.0
    assert metrics["nothing_known"]["accuracy"] == metrics["sides"]["unknown"]["accuracy"]
    assert "partly_known" not in metrics


def test_several_targets_count_by_row():
    spec = LabelSpec.multi(["cough", "fever"])
    y = np.stack([Y, np.where(np.arange(1000) % 2, Y, -1)], axis=1).astype(np.int32)

    class Both(Believer):
        product = None

        def scores(self, x, known=None, sides=None):
            yes = super().scores(x, known, sides)[:, 1]
            return np.stack([yes, yes], axis=1)

    sides = Sides((SIDE,), Y[:, None])
    data = Dataset("arrays", np.zeros((1000, 1)), y, spec, np.arange(1000), "f", sides=sides)
    found = score_sides(Both(spec), data)
    assert "product_known" not in found
    assert found["over_plain"][0] == pytest.approx((Y == 1).mean())
