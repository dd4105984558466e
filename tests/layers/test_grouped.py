"""Twin of labelfeed/layers/grouped.py: both methods against float64 NumPy, forward and backward."""

import keras
import numpy as np
import pytest

from labelfeed.layers.grouped import grouped_matmul

METHODS = ["gather", "grouped"]
SHAPES = {"vector": (37, 5), "sequence": (16, 3, 5), "one row": (1, 5)}


def _data(shape, classes, frequencies):
    rng = np.random.default_rng(0)
    index = rng.integers(-1, classes, shape[0]).astype("int32")
    if frequencies == "skewed":
        index = np.where(rng.random(shape[0]) < 0.8, 0, index).astype("int32")
    if frequencies == "all unknown":
        index[:] = -1
    x, kernels = rng.normal(size=shape), rng.normal(size=(classes, 5, 7))
    return x, kernels, index, rng.normal(size=(*shape[:-1], 7))


def _reference(x, kernels, index, weight):
    own = kernels[index] * (index >= 0)[:, None, None]
    out = np.einsum("b...d,bdu->b...u", x, own)
    grads = np.zeros_like(kernels)
    for row, left, right in zip(index, x, weight, strict=True):
        if row >= 0:
            grads[row] += np.atleast_2d(left).T @ np.atleast_2d(right)
    return out, np.einsum("b...u,bdu->b...d", weight, own), grads


def gradients(x, kernels, index, weight, method, jit=False):
    """Return the gradients of sum(weight * product) by x and by the kernels."""
    x, kernels, weight = (np.asarray(v, "float32") for v in (x, kernels, weight))
    backend = keras.backend.backend()
    if backend == "jax":
        import jax

        grad = jax.grad(lambda x, k: (grouped_matmul(x, k, index, method) * weight).sum(), (0, 1))
        return [np.asarray(g) for g in (jax.jit(grad) if jit else grad)(x, kernels)]
    if backend == "torch":
        import torch

        x, kernels, index, weight = map(keras.ops.convert_to_tensor, (x, kernels, index, weight))
        x, kernels = (v.clone().requires_grad_(True) for v in (x, kernels))

        def loss(x, k):
            return (grouped_matmul(x, k, index, method) * weight).sum()

        (torch.compile(loss, backend="aot_eager") if jit else loss)(x, kernels).backward()
        return [x.grad.cpu().numpy(), kernels.grad.cpu().numpy()]
    import tensorflow as tf

    def step(x, k):
        with tf.GradientTape() as tape:
            tape.watch([x, k])
            loss = tf.reduce_sum(grouped_matmul(x, k, index, method) * weight)
        return [tf.convert_to_tensor(g) for g in tape.gradient(loss, [x, k])]

    step = tf.function(step, jit_compile=jit == "xla") if jit else step
    return [g.numpy() for g in step(tf.constant(x), tf.constant(kernels))]


CASES = [("vector", 4, "even"), ("vector", 200, "skewed"), ("vector", 4, "all unknown")]
CASES += [("sequence", 4, "skewed"), ("sequence", 200, "even"), ("one row", 4, "even")]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("shape,classes,frequencies", CASES)
def test_product_and_gradients_equal_the_reference(shape, classes, frequencies, method):
    data = _data(SHAPES[shape], classes, frequencies)
    out, by_x, by_kernels = _reference(*data)
    x, kernels, index, _ = data
    found = grouped_matmul(x.astype("float32"), kernels.astype("float32"), index, method)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(found), out, atol=1e-5)
    got = gradients(*data, method)
    np.testing.assert_allclose(got[0], by_x, atol=1e-5)
    np.testing.assert_allclose(got[1], by_kernels, atol=2e-5)


@pytest.mark.parametrize("shape", ["vector", "sequence"])
def test_compiled_steps_equal_the_reference(shape):
    data = _data(SHAPES[shape], 4, "even")
    _, by_x, by_kernels = _reference(*data)
    for jit in (True, "xla") if keras.backend.backend() == "tensorflow" else (True,):
        got = gradients(*data, "grouped", jit)
        np.testing.assert_allclose(got[0], by_x, atol=1e-5)
        np.testing.assert_allclose(got[1], by_kernels, atol=2e-5)


def test_errors_stay_within_twice_those_of_the_gathered_product():
    """The naive way's own distance to float64 is the measure."""
    rng = np.random.default_rng(1)
    x, kernels = rng.normal(size=(507, 123)), rng.normal(size=(9, 123, 41))
    index, weight = rng.integers(-1, 9, 507).astype("int32"), rng.normal(size=(507, 41))
    truth = _reference(x, kernels, index, weight)[1:]
    error = {
        m: [
            np.abs(g - t).max()
            for g, t in zip(gradients(x, kernels, index, weight, m), truth, strict=True)
        ]
        for m in METHODS
    }
    assert np.all(np.array(error["grouped"]) <= 2 * np.array(error["gather"]) + 1e-7)


def test_an_unknown_method_is_named():
    with pytest.raises(ValueError, match="method must be one of"):
        grouped_matmul(np.ones((1, 2)), np.ones((1, 2, 3)), np.zeros(1, "int32"), "fast")
