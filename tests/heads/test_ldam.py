"""Margins by class frequency."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.heads.ldam import LDAM
from tests.heads import _parity as parity
from tests.heads import _reference as reference

COUNTS = [1000, 500, 100, 50, 10]


def test_matches_the_reference() -> None:
    margins = 0.5 * (10 / np.array(COUNTS)) ** 0.25
    loss = reference.softmax_loss(lambda angle, y, norm: np.cos(angle) - margins[y], 30.0)
    parity.assert_matches_reference(LDAM(COUNTS), loss)


def test_the_rarest_class_has_the_whole_margin() -> None:
    margins = LDAM(COUNTS, margin=0.3).margins
    assert margins[-1] == pytest.approx(0.3)
    assert np.all(np.diff(margins) > 0)


def test_an_empty_class_is_refused() -> None:
    with pytest.raises(ValueError, match="class 1 has 0"):
        LDAM([3, 0])


def test_the_number_of_classes_is_no_count() -> None:
    with pytest.raises(TypeError, match=r"rows of each class, for example LDAM\(\[1000, 10\]\)"):
        LDAM(2)
    with pytest.raises(ValueError, match="whole numbers"):
        LDAM([0.5, 0.5])
    with pytest.raises(ValueError, match="whole numbers"):
        LDAM(["a", "b"])
    assert LDAM(np.array([3.0, 4.0])).class_counts == [3, 4]
