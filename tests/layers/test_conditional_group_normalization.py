"""Twin of labelfeed/layers/conditional_group_normalization.py."""

from __future__ import annotations

from typing import Any

import numpy as np

from labelfeed.layers import ConditionalGroupNormalization
from tests.layers._modulation import check


def _norm(x: np.ndarray) -> np.ndarray:
    groups = x.reshape(len(x), -1, 2, x.shape[-1] // 2)
    mean, variance = groups.mean((1, 3), keepdims=True), groups.var((1, 3), keepdims=True)
    return ((groups - mean) / np.sqrt(variance + 1e-3)).reshape(x.shape)


def _make(spec: Any, **options: Any) -> ConditionalGroupNormalization:
    return ConditionalGroupNormalization(spec, groups=2, **options)


def test_group_normalization() -> None:
    check(
        _make,
        lambda layer, x, v: _norm(x) * (1 + v[0]) + v[1],
        lambda layer, x: _norm(x),
    )
