"""The three margins in one."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.heads.combined_margin import CombinedMargin
from tests.heads import _parity as parity
from tests.heads import _reference as reference


@pytest.mark.parametrize("margins", [(1.0, 0.3, 0.2), (1.35, 0.1, 0.0), (1.0, 0.0, 0.35)])
def test_matches_the_reference(margins: tuple[float, float, float]) -> None:
    m1, m2, m3 = margins
    loss = reference.softmax_loss(lambda angle, y, norm: reference.psi(m1 * angle + m2) - m3, 64.0)
    parity.assert_matches_reference(CombinedMargin(parity.CLASSES, m1, m2, m3), loss)


def test_margins_are_stored_as_given() -> None:
    config = CombinedMargin(3, 1.2, 0.3, 0.1).get_config()
    assert np.array_equal([config[k] for k in ("factor", "angle", "cosine")], [1.2, 0.3, 0.1])


@pytest.mark.parametrize("wrong", [{"factor": 0.5}, {"angle": 20.0}, {"cosine": -0.1}])
def test_margins_out_of_range_are_refused(wrong: dict) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        CombinedMargin(3, **wrong)
