"""Robust scaling with smooth clipping."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from labelfeed.layers.robust_scaling import RobustScaling


def scaled(layer: RobustScaling, x: np.ndarray) -> np.ndarray:
    return np.asarray(ops.convert_to_numpy(layer(x.astype("float32"))))


def test_quartiles_lie_one_apart_and_outliers_below_the_limit() -> None:
    x = np.random.default_rng(0).standard_t(1, (4000, 1)) * 50 + 7
    out = scaled(RobustScaling.of(x, limit=1e6), x)
    np.testing.assert_allclose(np.quantile(out, [0.25, 0.5, 0.75])[1], 0, atol=1e-3)
    np.testing.assert_allclose(np.ptp(np.quantile(out, [0.25, 0.75])), 1, atol=1e-3)
    clipped = scaled(RobustScaling.of(x), x)
    assert np.abs(clipped).max() <= 3
    assert (np.argsort(clipped[:, 0]) == np.argsort(out[:, 0])).mean() > 0.9  # the order stays


def test_rare_flags_keep_a_width_and_constants_are_zero() -> None:
    x = np.zeros((100, 2))
    x[:3, 0], x[:, 1] = 1, 5
    out = scaled(RobustScaling.of(x, limit=1e6), x)
    assert np.ptp(out[:, 0]) == pytest.approx(2, rel=1e-4)
    assert not out[:, 1].any()


def test_huge_numbers_stay_finite() -> None:
    out = scaled(RobustScaling([0.0], [10.0]), np.array([[1e37], [-1e37], [0.01]]))
    np.testing.assert_allclose(out[:, 0], [3, -3, 0.1], rtol=1e-2)


def test_wrong_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="2 columns and scale 1"):
        RobustScaling([0.0, 1.0], [1.0])
    with pytest.raises(ValueError, match="scale must be a number >= 0"):
        RobustScaling([0.0], [-1.0])
