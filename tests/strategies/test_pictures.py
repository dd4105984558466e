from __future__ import annotations

import keras
import numpy as np
import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.random_view import RandomView
from labelfeed.strategies.networks import NetworkError, build_network
from labelfeed.strategies.pictures import as_vector, flat_shape
from labelfeed.strategies.plain import plain

SPEC = LabelSpec.single(2)


def view_of(network):
    return [layer.flip for layer in network.layers if isinstance(layer, RandomView)]


def test_what_augments_stands_in_the_network():
    made = {
        kind: build_network((8, 8, 1), SPEC, conditioning=None, augment=kind)
        for kind in ("none", "light", "flip")
    }
    assert {kind: view_of(network) for kind, network in made.items()} == {
        "none": [],
        "light": [False],
        "flip": [True],
    }
    with pytest.raises(ValueError, match="augment must be one of 'light', 'flip', 'none'"):
        build_network((8, 8, 1), SPEC, augment="much")
    assert view_of(plain(SPEC, (8, 8, 1)).network.layers[-1]) == [False]  # by default


def test_numbers_stand_beside_the_maps():
    shape = ((8, 9, 1), 3)
    assert flat_shape(shape) == (75,)
    x = keras.Input(flat_shape(shape))
    vector = keras.Model(x, as_vector(x, shape, "relu"))
    rows = np.random.default_rng(0).random((2, 75)).astype(np.float32)
    out = vector.predict(rows, verbose=0)
    np.testing.assert_array_equal(out[:, -3:], rows[:, -3:])
    other = rows.copy()
    other[:, -3:] = 7
    np.testing.assert_array_equal(vector.predict(other, verbose=0)[:, :-3], out[:, :-3])


def test_a_shape_that_is_none():
    with pytest.raises(NetworkError, match=r"feature_shape must be"):
        build_network(((8, 8), 3), SPEC)
