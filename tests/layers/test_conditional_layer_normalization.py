"""Twin of labelfeed/layers/conditional_layer_normalization.py."""

from __future__ import annotations

import numpy as np

from labelfeed.layers import ConditionalLayerNormalization
from tests.layers._modulation import check


def _norm(x: np.ndarray) -> np.ndarray:
    return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-3)


def test_layer_normalization() -> None:
    check(
        ConditionalLayerNormalization,
        lambda layer, x, v: _norm(x) * (1 + v[0]) + v[1],
        lambda layer, x: _norm(x),
    )
