"""Layers of the denoising networks."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from labelfeed.generate.blocks import ModulatedBlock, NoiseFeatures


def test_a_block_starts_as_the_identity_and_comes_back_from_its_config() -> None:
    h, vector = np.random.default_rng(0).standard_normal((2, 3, 4)).astype(np.float32)
    layer = ModulatedBlock(expansion=2, dropout=0.1)
    np.testing.assert_array_equal(ops.convert_to_numpy(layer([h, vector])), h)
    again = ModulatedBlock.from_config(layer.get_config())
    again.build([(None, 4), (None, 4)])
    assert [w.shape for w in again.weights] == [w.shape for w in layer.weights]
    assert again.get_config() == layer.get_config()


def test_a_block_is_the_modulated_one() -> None:
    layer = ModulatedBlock(keras.layers.Dense(4, kernel_initializer="identity"))
    h, vector = np.random.default_rng(0).standard_normal((2, 3, 4)).astype(np.float32)
    pictures = h[:, None, None, :]
    layer.build([pictures.shape, vector.shape])
    layer.modulation.kernel.assign(np.random.default_rng(1).standard_normal((4, 12)))
    a, g, b = np.split((vector / (1 + np.exp(-vector))) @ layer.modulation.kernel.numpy(), 3, 1)
    norm = (h - h.mean(1, keepdims=True)) / np.sqrt(h.var(1, keepdims=True) + 1e-3)
    wanted = (h + a * (norm * (1 + g) + b))[:, None, None, :]
    found = ops.convert_to_numpy(layer([pictures, vector]))
    np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1e-4)
    assert ModulatedBlock.from_config(layer.get_config()).given_block.units == 4


def test_noise_features_tell_levels_apart() -> None:
    levels = np.log(np.geomspace(0.004, 200, 60))[:, None] / 4
    found = ops.convert_to_numpy(NoiseFeatures(16)(levels))
    assert found.shape == (60, 16) and np.abs(found).max() <= 1
    apart = np.linalg.norm(found[:, None] - found[None], axis=2) + 9 * np.eye(60)
    assert apart.min() > 0.05


@pytest.mark.parametrize("width", [0, 3, 2.0])
def test_a_width_that_is_odd_is_refused(width: float) -> None:
    with pytest.raises(ValueError, match="width must be an even integer"):
        NoiseFeatures(width)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="expansion"):
        ModulatedBlock(expansion=0)
