"""Twin of labelfeed/layers/ada_ln_zero.py."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers import AdaLNZero
from tests.layers._modulation import check


def _norm(x: np.ndarray) -> np.ndarray:
    return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-6)


def _formula(layer: AdaLNZero, x: np.ndarray, v: list[np.ndarray]) -> np.ndarray:
    first, second, third, fourth = (w.numpy() for w in layer.block.weights)
    hidden = np.maximum((_norm(x) * (1 + v[1]) + v[2]) @ first + second, 0)
    return x + v[0] * (hidden @ third + fourth)


def _make(spec: Any, **options: Any) -> AdaLNZero:
    return AdaLNZero(spec, activation="relu", **options)


def test_ada_ln_zero() -> None:
    check(_make, _formula, lambda layer, x: x)


def test_a_block_of_ones_own_is_saved_with_the_layer() -> None:
    layer = AdaLNZero(LabelSpec.single(3), block=keras.layers.Dense(6, activation="tanh"))
    again = AdaLNZero.from_config(layer.get_config())
    assert again.block.get_config() == layer.block.get_config()
    assert again.get_config() == layer.get_config()


def test_expansion_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="expansion must be an integer >= 1, got 0"):
        AdaLNZero(LabelSpec.single(3), expansion=0)
