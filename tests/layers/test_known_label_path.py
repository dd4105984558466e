"""A path that adds to plain logits what the known labels change."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from labelfeed.labels.input import LabelInput
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.known_label_path import KnownLabelPath
from labelfeed.layers.naive_bayes_offset import NaiveBayesOffset
from tests.layers._reference import call, relu

SPEC = LabelSpec.multi(3, name="findings")


def rows(n: int = 12, seed: int = 0) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    label = rng.integers(-1, 2, (n, 3)).astype(np.int32)
    label[0] = -1
    return [rng.normal(size=(n, 3)).astype(np.float32), label]


def dense(layer: keras.layers.Dense, h: np.ndarray) -> np.ndarray:
    kernel, bias = (ops.convert_to_numpy(w.value) for w in (layer.kernel, layer.bias))
    return h @ kernel + bias


def test_forward_equals_the_formula() -> None:
    path = KnownLabelPath(SPEC, units=(5, 4))
    path.adapt(rows(40, 1)[1])
    z, y = rows()
    offset = NaiveBayesOffset(SPEC)
    offset.adapt(rows(40, 1)[1])
    e = ops.convert_to_numpy(offset(ops.convert_to_tensor(y)))
    h = np.concatenate([z, y == 0, y == 1, e], axis=1)
    for layer in path.dense:
        h = relu(dense(layer, h))
    expected = z + e + (y >= 0).any(axis=1, keepdims=True) * dense(path.change, h)
    np.testing.assert_allclose(call(path, [z, y]), expected, rtol=2e-5, atol=2e-5)
    assert path.compute_output_shape([z.shape, y.shape]) == z.shape


@pytest.mark.parametrize("offset", [True, False])
def test_nothing_known_passes_the_logits_to_the_bit(offset: bool) -> None:
    path = KnownLabelPath(SPEC, units=(4,), offset=offset)
    path.adapt(rows(40, 1)[1])
    z, y = rows()
    out = call(path, [z, y], training=True)
    assert np.array_equal(out[0], z[0])
    assert (out[1:] != z[1:]).any()


def test_no_gradient_of_the_path_reaches_what_it_reads() -> None:
    """The plain logits learn from their own sum alone: a gradient of 1 each."""
    z, label = keras.Input((3,)), LabelInput(SPEC)
    plain = keras.layers.Dense(3, use_bias=False, kernel_initializer="identity")
    path = KnownLabelPath(SPEC, units=(4,))
    model = keras.Model([z, label], path([plain(z), label]))
    model.compile(keras.optimizers.SGD(1.0), lambda y, p: ops.sum(p) + 0 * ops.sum(y))
    x = rows(8)
    model.train_on_batch(x, x[0])
    change = np.eye(3) - ops.convert_to_numpy(plain.kernel.value)
    expected = np.repeat(x[0].sum(axis=0)[:, None], 3, axis=1)
    # Keras multiplies by nothing: the loss function already gives one number.
    np.testing.assert_allclose(change, expected, rtol=1e-4, atol=1e-4)


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="is single"):
        KnownLabelPath(LabelSpec.single(3))
    with pytest.raises(ValueError, match="units must be"):
        KnownLabelPath(SPEC, units=())


def test_reset_leaves_the_offset_alone() -> None:
    path = KnownLabelPath(LabelSpec.multi(2), units=(4,), dropout=0.0)
    path.adapt(np.array([[1, 1], [1, 1], [0, 0], [0, -1]]))
    logits, label = np.ones((2, 2), "float32"), np.array([[1, -1], [0, 1]])
    before = ops.convert_to_numpy(path([logits, label]))
    path.reset()
    expected = logits + ops.convert_to_numpy(path.offset(label))
    np.testing.assert_allclose(ops.convert_to_numpy(path([logits, label])), expected, atol=1e-6)
    assert np.abs(before - expected).max() > 1e-3
