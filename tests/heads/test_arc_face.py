"""Additive angular margin."""

from __future__ import annotations

import math

import numpy as np
import pytest

from labelfeed.heads.arc_face import ArcFace
from tests.heads import _parity as parity
from tests.heads import _reference as reference
from tests.heads._gradients import rows_of


def test_matches_the_reference() -> None:
    loss = reference.softmax_loss(reference.arc(0.5), 64.0)
    parity.assert_matches_reference(ArcFace(parity.CLASSES), loss)


def test_matches_pytorch_metric_learning() -> None:
    head = ArcFace(parity.CLASSES, margin=math.radians(28.6))
    parity.assert_matches_peer(head, lambda losses, size: losses.ArcFaceLoss(**size))


def test_margin_is_stored_as_given_and_degrees_are_caught() -> None:
    assert ArcFace(3, margin=0.3).margin == 0.3
    assert ArcFace(3, margin=0.3).get_config()["margin"] == 0.3
    with pytest.raises(ValueError, match=r"math.radians\(28.6\)"):
        ArcFace(3, margin=28.6)


def test_zero_margin_is_the_plain_softmax() -> None:
    x, y = parity.batch()
    head = ArcFace(parity.CLASSES, margin=0.0)
    parity.spread_out(head, x, y)
    with_margin = rows_of(head, x, y, training=True).losses
    without = rows_of(head, x, y, training=False).losses
    np.testing.assert_allclose(with_margin, without, rtol=1e-5, atol=1e-4)
