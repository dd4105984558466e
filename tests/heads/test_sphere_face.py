"""Multiplicative angular margin."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.heads.sphere_face import SphereFace
from tests.heads import _parity as parity
from tests.heads import _reference as reference
from tests.heads._gradients import rows_of


def test_matches_the_reference() -> None:
    loss = reference.softmax_loss(lambda angle, y, norm: reference.psi(4 * angle), 0.0)
    parity.assert_matches_reference(SphereFace(parity.CLASSES), loss)


def test_matches_pytorch_metric_learning() -> None:
    parity.assert_matches_peer(
        SphereFace(parity.CLASSES), lambda losses, size: losses.SphereFaceLoss(**size)
    )


def test_margin_need_not_be_an_integer() -> None:
    loss = reference.softmax_loss(lambda angle, y, norm: reference.psi(1.35 * angle), 0.0)
    parity.assert_matches_reference(SphereFace(parity.CLASSES, margin=1.35), loss)


def test_an_embedding_of_zeros_stays_finite() -> None:
    head = SphereFace(3)
    assert np.isfinite(rows_of(head, np.zeros((2, 4), np.float32), [0, 1]).losses).all()


def test_margin_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="margin"):
        SphereFace(3, margin=0.5)
