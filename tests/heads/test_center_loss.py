"""Softmax with a pull to class centres."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from labelfeed.heads.center_loss import CenterLoss
from tests.heads import _parity as parity
from tests.heads import _reference as reference
from tests.heads._gradients import loss_and_gradients, rows_of


def test_matches_the_reference() -> None:
    x, y = parity.batch()
    head = CenterLoss(parity.CLASSES, weight=0.5)
    centres = parity.spread_out(head, x, y)
    kernel = ops.convert_to_numpy(head.kernel.value).astype(np.float64)

    def loss(x: np.ndarray, centres: np.ndarray) -> float:
        pull = 0.25 * ((x - centres[y]) ** 2).sum(axis=1)
        return float((reference.cross_entropy(x @ kernel, y) + pull).mean())

    exact = x.astype(np.float64)
    value, by_x, by_centres = loss_and_gradients(head, x, y)
    assert value == pytest.approx(loss(exact, centres), rel=1e-5)
    parity.close(by_x, reference.slope(lambda v: loss(v, centres), exact))
    parity.close(by_centres, reference.slope(lambda v: loss(exact, v), centres))


def test_the_pull_is_for_training_only() -> None:
    x, y = parity.batch()
    head = CenterLoss(parity.CLASSES, weight=10.0)
    training = rows_of(head, x, y, training=True).losses
    validation = rows_of(head, x, y, training=False).losses
    assert np.all(training > validation + 1)
