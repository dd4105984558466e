"""The strategy `plain`."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.strategies import plain
from labelfeed.visibility.policies import Hidden
from tests._blobs import NAMES, blobs

SPEC = LabelSpec.single(NAMES[:3], name="class")
DATA = blobs(NAMES[:3], each=30)
X, Y = DATA.filter(like="f").to_numpy("float32"), SPEC.encode(DATA["class"])


def test_it_learns_and_reads_no_label() -> None:
    keras.utils.set_random_seed(0)
    model = plain(SPEC, (6,), width=16, learning_rate=1e-2)
    assert model.visibility == Hidden()
    model.fit(X, Y, epochs=8, batch_size=16, verbose=0)
    free = model.predict(X, verbose=0)
    assert np.mean(free.argmax(axis=1) == Y) > 0.95
    told = model.predict(X, known=(Y + 1) % 3, verbose=0)
    np.testing.assert_array_equal(told, free)


def test_rows_with_some_labels_unknown_train() -> None:
    spec = LabelSpec.columns([LabelSpec.single(["red", "green"], name="colour"), "fever"])
    model = plain(spec, (3,), width=4, depth=1)
    y = spec.encode([{"colour": "red"}, {"fever": 1}, {}] * 4)
    history = model.fit(np.ones((12, 3)), y, verbose=0).history
    assert np.isfinite(history["loss"][-1])
    assert model.predict(np.ones((2, 3)), verbose=0).shape == (2, 3)


def test_a_network_of_ones_own_keeps_its_weights() -> None:
    features = keras.Input((6,))
    own = keras.Model(features, keras.layers.Dense(1, activation="sigmoid")(features))
    model = plain(LabelSpec.single(2), own)
    before = own.predict(X, verbose=0)
    np.testing.assert_allclose(model.predict(X, verbose=0), before, atol=1e-6)
    model.fit(X, (Y > 0).astype("int32"), verbose=0)  # one column: binary cross-entropy
    assert not np.allclose(own.predict(X, verbose=0), before)


def test_what_does_not_fit_is_refused() -> None:
    features = keras.Input((6,))
    wide = keras.Model(features, keras.layers.Dense(5, activation="softmax")(features))
    with pytest.raises(ValueError, match="3"):
        plain(SPEC, wide)
    with pytest.raises(ValueError, match="dropout must be in"):
        plain(SPEC, (6,), dropout=1.0)
