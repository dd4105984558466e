"""Additive cosine margin."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.heads.cos_face import CosFace
from tests.heads import _parity as parity
from tests.heads import _reference as reference


def test_matches_the_reference() -> None:
    loss = reference.softmax_loss(lambda angle, y, norm: np.cos(angle) - 0.35, 64.0)
    parity.assert_matches_reference(CosFace(parity.CLASSES), loss)


def test_matches_pytorch_metric_learning() -> None:
    parity.assert_matches_peer(
        CosFace(parity.CLASSES), lambda losses, size: losses.CosFaceLoss(**size)
    )


def test_margin_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="margin"):
        CosFace(3, margin=1.5)
