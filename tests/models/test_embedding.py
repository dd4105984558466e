"""The embedding of a network: what its classifier reads."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from labelfeed.labels.input import LabelInput
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.embedding import embed_rows, embedder_of, feature_network, last_dense
from labelfeed.predictors.responses import PredictorError
from labelfeed.strategies.margin import margin
from labelfeed.strategies.networks import build_network, without_label
from labelfeed.strategies.plain import plain

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


def test_what_a_model_of_pictures_has_to_offer():
    spec = LabelSpec.single(2)
    found = feature_network(plain(spec, (8, 8, 1), width=5, augment="none"))
    assert found.output.shape == (None, 5)
    assert feature_network(
        margin(spec, (8, 8, 1), width=5, dimension=3, augment="none")
    ).output.shape == (None, 3)
    with pytest.raises(ValueError, match="does not read pictures alone"):
        feature_network(plain(spec, (4,), width=5))


def test_the_dense_layer_at_the_end():
    model = plain(LabelSpec.single(2), (4,), width=5)
    network, last = last_dense(model.network, 2)
    assert last is network.layers[-1] and len(network.inputs) == 1
    with pytest.raises(ValueError, match="no dense layer of 9 units"):
        last_dense(model.network, 9)
