"""The strategy `neighbour-labels`: its network learns what is near, and takes networks of users."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.strategies import neighbour_labels

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 2, 2, 1)).astype(np.float32)
Y = RNG.integers(0, 2, 40)
SPEC = LabelSpec.single(2)


def test_pictures_and_networks_of_the_users() -> None:
    rows = keras.Input((2, 2, 1))
    flat = keras.layers.Flatten()(rows)
    network = keras.Model(rows, keras.layers.Dense(2, activation="softmax")(flat))
    trunk = keras.Model(rows, flat)
    model = neighbour_labels(SPEC, network, context=(X, Y), encoder=trunk, context_size=30)
    model.fit(X, Y, batch_size=20, verbose=0)
    p = model.predict(X, verbose=0)
    np.testing.assert_allclose(p.sum(axis=1), 1, atol=1e-5)


def test_wrong_contexts() -> None:
    with pytest.raises(ValueError, match=r"context must be \(features, labels\)"):
        neighbour_labels(SPEC, (4,), context=X)
    with pytest.raises(ValueError, match="as the network reads them"):
        neighbour_labels(SPEC, (5,), context=(X, Y))
    with pytest.raises(ValueError, match="no row with a known label"):
        neighbour_labels(SPEC, (2, 2, 1), context=(X, Y * 0 - 1))
