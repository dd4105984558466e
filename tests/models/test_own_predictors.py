"""What this library's own models answer through the one face."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from labelfeed.heads import ArcFace, SupCon
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.models.margin import MarginModel
from labelfeed.models.wire import with_label
from labelfeed.models.wrapping import as_predictor
from labelfeed.predictors.responses import PredictorError
from labelfeed.sides.bayes_product import BayesProduct
from labelfeed.strategies import margin, partial_labels, side_label
from labelfeed.strategies.networks import build_network
from labelfeed.visibility.policies import Hidden, Masked

SPEC = LabelSpec.single(3, name="species")
MULTI = LabelSpec.multi(["cough", "fever", "rash"], name="findings")
TURN = LabelSpec.single(["a", "b"], name="turn")
X = np.arange(12, dtype="float32").reshape(6, 2) / 12
IDS = np.array([0, 1, 2, 0, 1, 2])


def test_a_label_fed_model_reads_what_is_known() -> None:
    model = LabelFedModel(build_network((2,), SPEC, width=5), SPEC, Masked(0.5))
    face = as_predictor(model)
    assert (face.spec, face.sides, face.reads_label, face.embeds) == (SPEC, (), True, False)
    assert face.visibility is model.visibility and face.feature_shapes == ((2,),)
    blind, known = face.probabilities(X), face.probabilities(X, IDS)
    assert blind.dtype == np.float64
    np.testing.assert_allclose(blind, model.predict(X, verbose=0), atol=1e-6)
    np.testing.assert_allclose(known, model.predict(X, known=IDS, verbose=0), atol=1e-6)
    assert np.abs(known - blind).max() > 1e-6
    direct = model.predict(with_label(X, IDS), verbose=0)
    np.testing.assert_allclose(face.fed_scores(X, IDS), direct, atol=1e-6)
    np.testing.assert_allclose(face.fed_scores(X, np.full(6, -1)), blind, atol=1e-6)
    vectors = face.embedding(X)
    assert vectors.shape == (6, 5) and vectors.dtype == np.float32
    again = keras.ops.convert_to_numpy(model.network.layers[-1](vectors))
    np.testing.assert_allclose(again, blind, atol=1e-5)


def test_several_labels_known_for_some_rows_or_for_all() -> None:
    model = partial_labels(MULTI, (2,), width=4, path_units=(4,))
    model.adapt(np.array([[1, 1, 0], [0, 0, 1], [1, 1, 1]] * 5))
    face = as_predictor(model, batch_size=4)
    fever = face.probabilities(X, {"fever": 1})
    np.testing.assert_allclose(fever, face.probabilities(X, [[-1, 1, -1]] * 6), atol=1e-6)
    np.testing.assert_allclose(fever, model.predict(X, known={"fever": 1}, verbose=0), atol=1e-6)
    with pytest.raises(PredictorError, match="not in a dense layer behind"):
        face.embedding(X)


def test_one_sigmoid_unit_gives_two_columns() -> None:
    ill = LabelSpec.single(["no", "yes"], "ill")
    x, label = keras.Input((2,)), keras.Input((), dtype="int32", name=ill.input_name)
    out = keras.layers.Dense(1, activation="sigmoid")(x)
    model = LabelFedModel(keras.Model([x, label], out), ill, Hidden())
    p = as_predictor(model).probabilities(X)
    np.testing.assert_allclose(p[:, 1:], model.predict(X, verbose=0), atol=1e-6)
    np.testing.assert_allclose(p.sum(axis=1), 1)


def test_a_side_label_model_takes_side_labels_and_no_target() -> None:
    product = BayesProduct(SPEC, TURN).fit(IDS, [[0, 1, 0, 1, 0, 1]])
    model = side_label(SPEC, (2,), [TURN], width=4, depth=1, product=product)
    face = as_predictor(model)
    assert (face.sides, face.reads_label, face.feature_shapes) == ((TURN,), False, ((2,),))
    assert face.product is product
    turned = face.probabilities(X, sides={"turn": ["a", "b", "", "a", "b", ""]})
    direct = model.predict(X, sides={"turn": [0, 1, -1, 0, 1, -1]}, verbose=0)
    np.testing.assert_allclose(turned, direct, atol=1e-6)
    blind = face.probabilities(X)
    np.testing.assert_allclose(blind, model.predict(X, verbose=0), atol=1e-6)
    np.testing.assert_allclose(face.fed_scores(X, IDS), blind, atol=1e-6)  # nothing may read it
    with pytest.raises(PredictorError, match=r"'species' is no input.*sides= \(\['turn'\]\)"):
        face.probabilities(X, IDS)
    with pytest.raises(PredictorError, match="reads side labels"):
        face.embedding(X)


def test_a_margin_model_embeds_and_reads_no_label() -> None:
    model = margin(SPEC, (2,), dimension=3)
    face = as_predictor(model)
    assert face.embeds and not face.reads_label and face.visibility is None
    p = face.probabilities(X)
    scaled = np.exp(model.head.scale * model.predict(X, verbose=0).astype(np.float64))
    np.testing.assert_allclose(p, scaled / scaled.sum(axis=1, keepdims=True), atol=1e-5)
    np.testing.assert_allclose(face.embedding(X), model.embedder.predict(X, verbose=0), atol=1e-6)
    assert face.embedding(X[:0]).shape == (0, 3)
    with pytest.raises(PredictorError, match="its network reads none"):
        face.probabilities(X, IDS)
    with pytest.raises(PredictorError, match="takes no side labels"):
        face.probabilities(X, sides={"turn": 0})


def test_a_head_without_classes_has_an_embedding_only() -> None:
    x = keras.Input((2,))
    face = as_predictor(MarginModel(keras.Model(x, keras.layers.Dense(3)(x)), SupCon(), SPEC))
    assert face.embedding(X).shape == (6, 3)
    with pytest.raises(PredictorError, match="SupCon has no classes, only an embedding"):
        face.probabilities(X)


def test_a_margin_model_gets_the_label_at_its_head_and_gives_probabilities() -> None:
    model = margin(SPEC, (2,), dimension=3)
    found = as_predictor(model)
    assert found.what == "MarginModel" and found.takes_unknown
    blind = found.fed_scores(X, np.full(6, -1))
    np.testing.assert_allclose(blind.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(found.fed_scores(X, IDS), blind)
    np.testing.assert_array_equal(found.fed_scores(X, IDS[::-1]), blind)

    class Leaky(ArcFace):
        def call(self, embedding, label=None, training=None):
            return super().call(embedding, label, training) + keras.ops.one_hot(label, 3)

    leaky = as_predictor(margin(SPEC, (2,), Leaky(3), dimension=3))
    assert (leaky.fed_scores(X, IDS) != leaky.fed_scores(X, IDS[::-1])).any()
