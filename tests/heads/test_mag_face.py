"""A margin that grows with the norm, and its penalty."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.heads.mag_face import MagFace
from tests.heads import _parity as parity
from tests.heads import _reference as reference


def test_matches_the_reference_margin_and_penalty() -> None:
    low, high = 1.5, 4.0  # so that some norms of the batch are clipped, some are not

    def length(norm: np.ndarray) -> np.ndarray:
        return np.clip(norm, low, high)

    cross_entropy = reference.softmax_loss(
        reference.arc(lambda norm: 0.45 + 0.35 * (length(norm) - low) / (high - low)), 64.0
    )

    def loss(x: np.ndarray, centres: np.ndarray, y: np.ndarray) -> float:
        a = length(np.linalg.norm(x, axis=1))
        return cross_entropy(x, centres, y) + float(np.mean(35 * (a / high**2 + 1 / a)))

    parity.assert_matches_reference(MagFace(parity.CLASSES, norms=(low, high)), loss)


@pytest.mark.parametrize(
    "wrong", [{"margins": (0.8, 0.4)}, {"norms": (0.0, 1.0)}, {"penalty": -1.0}]
)
def test_arguments_out_of_range_are_refused(wrong: dict) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        MagFace(3, **wrong)
