from __future__ import annotations

import keras
import numpy as np
import pytest

from labelfeed.layers.strong_view import StrongView


def seen(x, **kwargs):
    return keras.ops.convert_to_numpy(StrongView(seed=0, **kwargs)(x, training=True))


def test_numbers_come_from_another_row_of_the_same_column():
    x = np.arange(400, dtype=np.float32).reshape(100, 4)
    changed = seen(x, rate=0.25)
    other = changed != x
    assert 0.15 < other.mean() < 0.35
    np.testing.assert_array_equal(changed[other], np.roll(x, 1, axis=0)[other])


def test_another_picture_is_seen_in_a_rectangle():
    x = np.ones((40, 12, 20, 1), np.float32) * np.arange(40)[:, None, None, None]
    changed = seen(x, rate=0.5)
    other = (changed != x)[..., 0]
    for at, mask in enumerate(other):
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        assert mask.sum() == len(rows) * len(columns)
        assert len(rows) <= 7 and len(columns) <= 11
        assert (changed[at][mask] == (at - 1) % 40).all()
    assert 0 < other.mean() < 0.25


def test_what_cannot_be_changed():
    with pytest.raises(ValueError, match=r"rate must be in \[0, 1\]"):
        StrongView(rate=1.5)
    with pytest.raises(ValueError, match="Give a layer of your own"):
        StrongView().build((None, 3, 4))
