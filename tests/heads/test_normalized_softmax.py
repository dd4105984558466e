"""Softmax over cosines."""

from __future__ import annotations

from labelfeed.heads.normalized_softmax import NormalizedSoftmax
from tests.heads import _parity as parity
from tests.heads import _reference as reference


def test_matches_the_reference() -> None:
    loss = reference.softmax_loss(lambda angle, y, norm: reference.np.cos(angle), 20.0)
    parity.assert_matches_reference(NormalizedSoftmax(parity.CLASSES), loss)


def test_matches_pytorch_metric_learning() -> None:
    parity.assert_matches_peer(
        NormalizedSoftmax(parity.CLASSES), lambda losses, size: losses.NormalizedSoftmaxLoss(**size)
    )
