"""Margins: their formulas, monotone on [-1, 1], and finite in value and slope."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from labelfeed.losses import margins

EDGES = np.array([1e-1, 1e-3, 1e-5, 1e-6, 5e-7, 1.2e-7, 6e-8, 0.0])
SWEEP = np.unique(np.concatenate([np.linspace(-1, 1, 4001), 1 - EDGES, EDGES - 1])).astype("f")
CASES = {
    **{f"arc {m:.3g}": (margins.additive_angle, (m,)) for m in (0.0, 0.1, 0.5, 1.0, np.pi / 2)},
    **{
        f"combined {a}": (margins.combined_angle, a)
        for a in [(1.0, 0.5), (4.0, 0.0), (1.35, 0.2), (16.0, 1.5)]
    },
}


@pytest.mark.parametrize("name", CASES)
def test_monotone_finite_and_never_above_the_cosine(name: str) -> None:
    margin, arguments = CASES[name]
    value = ops.convert_to_numpy(margin(ops.convert_to_tensor(SWEEP), *arguments))
    assert np.isfinite(value).all()
    rounding = 4e-7 * np.abs(value[1:]) + 2e-7
    assert np.all(np.diff(value) >= -rounding)
    assert np.all(value <= SWEEP + 1e-6)
    slope = slopes(lambda c: margin(c, *arguments), SWEEP)
    assert np.isfinite(slope).all()
    assert np.all(slope >= -1e-3)


def test_angle_of_a_cosine() -> None:
    inner = SWEEP[(SWEEP > -1 + 1e-6) & (SWEEP < 1 - 1e-6)]
    angle = ops.convert_to_numpy(margins.safe_angle(ops.convert_to_tensor(inner)))
    np.testing.assert_allclose(angle, np.arccos(inner.astype(np.float64)), atol=2e-6)
    assert np.isfinite(slopes(margins.safe_angle, SWEEP)).all()


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_unit_vectors_of_tiny_huge_and_zero_embeddings(dtype: str) -> None:
    rows = np.array([[3.0, 4.0], [0.0, 0.0], [6e4, 6e4], [3e-7, 0.0]], np.float32)
    unit, norm = margins.unit_and_norm(ops.cast(ops.convert_to_tensor(rows), dtype))
    assert keras.backend.standardize_dtype(unit.dtype) == "float32"
    unit, norm = ops.convert_to_numpy(unit), ops.convert_to_numpy(norm)
    np.testing.assert_allclose(np.linalg.norm(unit[[0, 2, 3]], axis=1), 1.0, rtol=1e-6)
    assert np.all(unit[1] == 0)
    np.testing.assert_allclose(norm[0], 5.0, rtol=1e-6)


def slopes(function: object, at: np.ndarray) -> np.ndarray:
    backend = keras.backend.backend()
    if backend == "jax":
        import jax

        return np.asarray(jax.grad(lambda c: function(c).sum())(at))
    if backend == "tensorflow":
        import tensorflow as tf

        x = tf.Variable(at)
        with tf.GradientTape() as tape:
            total = tf.reduce_sum(function(tf.convert_to_tensor(x)))
        return tape.gradient(total, x).numpy()
    x = keras.ops.convert_to_tensor(at).detach().clone().requires_grad_(True)
    function(x).sum().backward()
    return x.grad.cpu().numpy()
