"""ArcFace with several centres a class."""

from __future__ import annotations

import math

import pytest

from labelfeed.heads.sub_center_arc_face import SubCenterArcFace
from tests.heads import _parity as parity
from tests.heads import _reference as reference


@pytest.mark.parametrize("sub_centres", [1, 2, 3])
def test_matches_the_reference(sub_centres: int) -> None:
    loss = reference.softmax_loss(reference.arc(0.5), 64.0, sub_centres)
    head = SubCenterArcFace(parity.CLASSES, sub_centres=sub_centres)
    parity.assert_matches_reference(head, loss)


def test_matches_pytorch_metric_learning() -> None:
    head = SubCenterArcFace(parity.CLASSES, margin=math.radians(28.6))
    parity.assert_matches_peer(head, lambda losses, size: losses.SubCenterArcFaceLoss(**size))


def test_number_of_sub_centres_is_checked() -> None:
    with pytest.raises(ValueError, match="sub_centres"):
        SubCenterArcFace(3, sub_centres=0)
