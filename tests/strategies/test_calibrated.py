from __future__ import annotations

import numpy as np
import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.strategies.calibrated import calibrate
from labelfeed.strategies.masked import masked
from labelfeed.strategies.plain import plain


def test_an_overconfident_network_becomes_sure_as_often_as_it_is_right():
    spec = LabelSpec.single(3)
    model = plain(spec, (3,), depth=1, width=8)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(600, 3)).astype(np.float32)
    y = (x + rng.gumbel(size=x.shape)).argmax(axis=1)  # softmax(x) is the truth
    y[::7] = -1
    inner = model.network.layers[-1]
    eye = np.zeros((3, 8), np.float32)
    eye[:, :3], eye[:, 3:6] = np.eye(3), -np.eye(3)
    hidden, last = [la for la in inner.layers if hasattr(la, "units")]
    hidden.set_weights([eye, np.zeros(8)])
    back = np.concatenate([np.eye(3), -np.eye(3), np.zeros((2, 3))])
    last.set_weights([5 * back, np.zeros(3)])
    before = model.predict(x, verbose=0)
    calibrate(model, x, y)
    after = model.predict(x, verbose=0)
    truth = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
    assert np.abs(before - truth).mean() > 0.1 > 0.05 > np.abs(after - truth).mean()


def test_labels_that_are_fed_count_where_they_are_hidden():
    spec = LabelSpec.multi(2)
    model = masked(spec, (2,), width=4)
    x = np.random.default_rng(0).normal(size=(200, 2))
    labels = np.stack([np.ones(200, int), np.arange(200) % 2], axis=1)
    labels[100:, 1] = -1
    calibrate(model, x, labels)
    assert model.predict(x, verbose=0)[:, 0].mean() > 0.8
    known = np.stack([np.full(200, -1), labels[:, 1]], axis=1)
    assert model.predict(x, known=known, verbose=0)[:, 0].mean() > 0.8


def test_a_network_without_logits_of_its_own():
    with pytest.raises(ValueError, match="ends in no dense layer of 4 units"):
        model = plain(LabelSpec.single(3), (2,), width=5)
        model.label = LabelSpec.single(4)
        calibrate(model, np.ones((2, 2)), np.zeros(2, int))
