"""Dense layers of several members."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from labelfeed.layers.member_dense import MemberDense
from tests._core import randomised


@pytest.mark.parametrize("shape", [(6, 4), (6, 10, 4)])
def test_each_member_is_a_dense_layer_of_its_own(shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(0).normal(size=shape).astype("float32")
    layer = MemberDense(3, groups=5, copies=2, activation="relu", signs=True)
    layer.build(shape)
    layer = randomised(layer)
    found = ops.convert_to_numpy(layer(x))
    kernel, bias, before, after = layer.get_weights()
    for member in range(10):
        own = x if len(shape) == 2 else x[:, member]
        expected = ((own * before[member]) @ kernel[member // 2]) * after[member] + bias[member]
        np.testing.assert_allclose(found[:, member], np.maximum(expected, 0), rtol=1e-4, atol=1e-5)


def test_without_copies_there_are_no_factors() -> None:
    x = np.random.default_rng(0).normal(size=(6, 3, 4)).astype("float32")
    layer = MemberDense(2, groups=3)
    layer.build(x.shape)
    kernel, bias = randomised(layer).get_weights()
    expected = np.einsum("bmi,mio->bmo", x, kernel) + bias
    np.testing.assert_allclose(ops.convert_to_numpy(layer(x)), expected, rtol=1e-4, atol=1e-5)


def test_kernels_start_apart_at_the_size_of_one_network_and_signs_differ() -> None:
    layer = MemberDense(200, groups=3, copies=2, signs=True, kernel_initializer="he_normal")
    layer.build((None, 50))
    kernel = ops.convert_to_numpy(layer.kernel)
    np.testing.assert_allclose(kernel.std(axis=(1, 2)), np.sqrt(2 / 50), rtol=0.05)
    assert abs(np.corrcoef(kernel[0].ravel(), kernel[1].ravel())[0, 1]) < 0.05
    signs = ops.convert_to_numpy(layer.input_factor)
    assert set(np.unique(signs)) == {-1.0, 1.0} and (signs[0] != signs[1]).any()


def test_wrong_numbers_and_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="groups must be at least 1"):
        MemberDense(3, groups=0)
    with pytest.raises(ValueError, match="5 x 2 members got 4"):
        MemberDense(3, groups=5, copies=2).build((None, 4, 8))
