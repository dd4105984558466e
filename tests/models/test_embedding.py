"""The embedding of a network: what its classifier reads."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from labelfeed.labels.input import LabelInput
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.embedding import embed_rows, embedder_of
from labelfeed.models.responses import PredictorError
from labelfeed.strategies.networks import build_network, without_label

SPEC = LabelSpec.single(3, name="species")
X = np.arange(12, dtype="float32").reshape(6, 2)


@pytest.mark.parametrize("conditioning", ["embedding", None])
def test_the_classifier_makes_the_prediction_of_it(conditioning) -> None:
    network = build_network((2,), SPEC, conditioning=conditioning, width=4)
    last = network.layers[-1]
    network = network if conditioning else without_label(network, SPEC)
    vectors = embed_rows(embedder_of(network, (SPEC.input_name,)), X, SPEC, 4)
    assert vectors.shape == (6, 4) and vectors.dtype == np.float32
    expected = network.predict([X, np.full(6, -1)], verbose=0)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(last(vectors)), expected, atol=1e-5)


def test_no_rows_have_an_embedding_too() -> None:
    x = keras.Input((2,))
    assert embed_rows(keras.Model(x, keras.layers.Dense(5)(x)), X[:0], SPEC, 4).shape == (0, 5)


def test_what_has_none() -> None:
    x, other, label = keras.Input((2,)), keras.Input((2,)), LabelInput(SPEC)
    out = keras.layers.Dense(3)(keras.layers.Concatenate()([x, other]))
    with pytest.raises(PredictorError, match="reads side labels, or several features"):
        embedder_of(keras.Model([x, other, label], out), (SPEC.input_name,))
    soft = keras.layers.Activation("softmax")(keras.layers.Dense(3)(x))
    with pytest.raises(PredictorError, match="ends in a Activation, not in a dense layer"):
        embedder_of(keras.Model(x, soft))
    image = keras.Input((4, 4, 1))
    with pytest.raises(PredictorError, match="not in a dense layer behind"):
        embedder_of(keras.Model(image, keras.layers.Dense(3)(image)))
