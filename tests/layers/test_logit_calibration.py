"""Scale and shift of logits."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops
from scipy.optimize import minimize

from labelfeed.layers.logit_calibration import LogitCalibration, fit_scale_and_shift


def drawn(n: int, factor: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return logits that are `factor` times too large, and labels."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(n, 3)) * 2 + [0, 1, -2]
    return z * factor, (rng.random(z.shape) < 1 / (1 + np.exp(-z))).astype(int)


@pytest.mark.parametrize("factor", [0.02, 0.3, 1.0, 8.0])
def test_finds_the_scale_that_was_lost(factor: float) -> None:
    scale, shift = fit_scale_and_shift(*drawn(20000, factor))
    np.testing.assert_allclose(scale * factor, 1, atol=0.06)
    np.testing.assert_allclose(shift, 0, atol=0.12)


def test_is_the_minimum_that_scipy_finds() -> None:
    z, y = drawn(60, 0.1)
    y[::7] = -1
    scale, shift = fit_scale_and_shift(z, y)
    for j in range(3):
        rows = y[:, j] >= 0

        def loss(at: np.ndarray, z: np.ndarray = z[rows, j], y: np.ndarray = y[rows, j]) -> float:
            out = np.exp(at[0]) * z + at[1]
            return (np.logaddexp(0, out) - y * out).sum() + 0.5 * at @ at

        best = minimize(loss, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-8})
        assert loss(np.array([np.log(scale[j]), shift[j]])) <= best.fun + 1e-6


def test_no_rows_one_class_and_separable_rows_stay_finite() -> None:
    z = np.linspace(-1, 1, 50)[:, None].repeat(4, axis=1)
    y = np.column_stack([np.full(50, -1), np.zeros(50), z[:, 0] > 0, z[:, 0] < 0]).astype(int)
    z[3, 1] = np.nan
    scale, shift = fit_scale_and_shift(z, y)
    assert scale[0] == 1 and shift[0] == 0  # nothing known
    assert shift[1] < -1 and 0.2 < scale[1] < 5
    assert 5 < scale[2] < 1000
    assert 0 < scale[3] < 1  # upside down: never turned round, only damped


def test_layer_passes_on_until_adapted_and_again_after_reset() -> None:
    z, y = drawn(200, 0.1)
    z = z.astype("float32")
    layer = LogitCalibration()
    assert np.array_equal(ops.convert_to_numpy(layer(z)), z)
    layer.adapt(z, y)
    scale, shift = fit_scale_and_shift(z.astype(float), y)
    np.testing.assert_allclose(ops.convert_to_numpy(layer(z)), scale * z + shift, rtol=1e-5)
    assert not layer.trainable_variables
    layer.reset()
    assert np.array_equal(ops.convert_to_numpy(layer(z)), z)
