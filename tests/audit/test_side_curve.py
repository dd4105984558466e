from __future__ import annotations

import numpy as np
import pytest

from labelfeed.audit.side_curve import side_curve
from labelfeed.labels.spec import LabelSpec
from labelfeed.predictors.predictor import Predictor
from labelfeed.sides.bayes_product import BayesProduct

TARGET, SIDE = LabelSpec.single(2, "ill"), LabelSpec.single(2, "code")
Y = np.random.default_rng(0).integers(0, 2, 400)
SIDES = {"code": Y.copy()}


class Believer(Predictor):
    """Says 1 - y where nothing is known, else what the side label says."""

    def __init__(self, product=None):
        super().__init__(TARGET, sides=(SIDE,))
        self.product = product

    def scores(self, x, known=None, sides=None):
        told = np.full(len(x), -1) if sides is None else sides["code"]
        return np.eye(2)[np.where(told < 0, 1 - Y, told)] * 0.98 + 0.01


def test_points_and_paired_gains(keras_backend):
    product = BayesProduct(TARGET, SIDE, mode="soft", error_rate=0.2).fit(Y, [Y])
    curve = side_curve([Believer(product), Believer(product)], np.zeros((400, 1)), Y, SIDES)
    assert curve.accuracy["unknown"] == (0.0, 0.0)
    assert curve.accuracy["known"] == (1.0, 1.0)
    assert all(abs(v - 0.8) < 0.06 for v in curve.accuracy["wrong"])
    assert curve.accuracy["wrong"][0] != curve.accuracy["wrong"][1]  # another draw for each seed
    assert curve.gain().mean == 1.0
    assert curve.gain("known", over="product").mean == 1.0  # .98 against odds of 4: x wins
    assert curve.interval("known").seeds == 2
    with pytest.raises(ValueError, match="needs at least one model"):
        side_curve([], None, Y, SIDES)
    bare = side_curve([Believer()], np.zeros((400, 1)), Y, SIDES)
    assert bare.product == {}
    with pytest.raises(ValueError, match="over must be"):
        bare.gain(over="product")


def test_one_data_set_a_seed_and_unknown_targets(keras_backend):
    y = np.where(np.arange(400) < 200, Y, -1)
    x = np.zeros((400, 1))
    curve = side_curve([Believer()], [x], [y], [SIDES], wrong_share=0.0)
    assert curve.accuracy == {"unknown": (0.0,), "known": (1.0,), "wrong": (1.0,)}
