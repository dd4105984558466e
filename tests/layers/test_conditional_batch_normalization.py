"""Twin of labelfeed/layers/conditional_batch_normalization.py."""

from __future__ import annotations

import numpy as np

from labelfeed.layers import ConditionalBatchNormalization
from tests.layers._modulation import check


def _norm(x: np.ndarray) -> np.ndarray:
    return x / np.sqrt(1 + 1e-3)  # moving statistics at the start: mean 0, variance 1


def test_batch_normalization() -> None:
    check(
        ConditionalBatchNormalization,
        lambda layer, x, v: _norm(x) * (1 + v[0]) + v[1],
        lambda layer, x: _norm(x),
    )
