"""Large tables: the scale of Keras's initializer, block by block."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from labelfeed import heads
from labelfeed.heads import large_table


def test_a_large_table_has_the_scale_of_glorot_and_follows_the_seed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(large_table, "LARGE", 1000)

    def centres(seed: int) -> np.ndarray:
        initializer = keras.initializers.GlorotNormal(seed=seed)
        head = heads.ArcFace(3000, centre_initializer=initializer)
        head.build((None, 16))
        return ops.convert_to_numpy(head.centres)

    first = centres(1)
    assert first.shape == (3000, 16)
    assert first.dtype == np.float32
    assert first.std() == pytest.approx(np.sqrt(2 / 3016), rel=0.02)
    assert abs(first.mean()) < 0.01 * first.std()
    np.testing.assert_array_equal(first, centres(1))
    assert np.abs(first - centres(2)).max() > 0


def test_blocks_differ_and_need_not_divide() -> None:
    values = large_table._normal((7, 5), 3, block=8).reshape(-1)
    assert len(set(values.tolist())) == 35
    generator = keras.random.SeedGenerator(4)
    initializer = keras.initializers.GlorotNormal(seed=generator)
    assert callable(large_table.frugal(initializer, (2**20, 64)))
    zeros = keras.initializers.Zeros()
    assert large_table.frugal(zeros, (2**20, 64)) is zeros
