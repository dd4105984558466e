"""Keras models, functions and estimators that users bring."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.label_embedding import LabelEmbedding
from labelfeed.models.wrapping import as_predictor
from labelfeed.predictors.responses import PredictorError
from tests.audit.naive_models import as_written_label_branch, as_written_label_embedding

SPEC = LabelSpec.single(["ant", "bee", "cat"], name="species")
IDS = np.arange(60) % 3
X = (np.eye(3)[IDS] + np.random.default_rng(0).normal(0, 0.1, (60, 3))).astype("float32")


def plain(units: int = 3, end: str | None = "softmax") -> keras.Model:
    x = keras.Input((3,), name="features")
    h = keras.layers.Dense(4, name="hidden")(x)
    return keras.Model(x, keras.layers.Dense(units, activation=end)(h))


def test_a_keras_model_of_features_alone() -> None:
    model = plain()
    face = as_predictor(model, SPEC)
    assert (face.reads_label, face.what, face.feature_shapes) == (False, "Keras model", ((3,),))
    np.testing.assert_allclose(face.probabilities(X), model.predict(X, verbose=0), atol=1e-6)
    assert face.embedding(X).shape == (60, 4)
    assert face.probabilities(X[:0]).shape == (0, 3)
    with pytest.raises(PredictorError, match="reads no label"):
        face.probabilities(X, IDS)
    with pytest.raises(PredictorError, match="end the model in a softmax"):
        as_predictor(plain(end=None), SPEC).probabilities(100 * X)
    two = as_predictor(plain(1, "sigmoid"), LabelSpec.single(2)).probabilities(X)
    np.testing.assert_allclose(two.sum(axis=1), 1)


def test_a_sequential_and_a_subclassed_model() -> None:
    layers = [keras.layers.Dense(4), keras.layers.Dense(3, activation="softmax")]
    stacked = keras.Sequential([keras.Input((3,)), *layers])
    assert as_predictor(stacked, SPEC).embedding(X).shape == (60, 4)

    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.last = keras.layers.Dense(3, activation="softmax")

        def call(self, x):
            return self.last(x)

    face = as_predictor(Own(), SPEC)
    np.testing.assert_allclose(face.probabilities(X).sum(axis=1), 1, atol=1e-5)
    with pytest.raises(PredictorError, match="has no embedding"):
        face.embedding(X)


def test_a_naive_model_is_fed_its_label_and_says_where_it_cannot_do_without() -> None:
    naive = as_written_label_embedding(3, 3)
    face = as_predictor(naive, SPEC)
    assert face.reads_label and not face.takes_unknown and face.what == "two-input model"
    direct = naive.predict([X, IDS[:, None]], verbose=0)
    np.testing.assert_allclose(face.probabilities(X, IDS), direct, atol=1e-6)
    np.testing.assert_allclose(face.probabilities(X, ["ant", "bee", "cat"] * 20), direct, atol=1e-6)
    for known in (None, np.where(IDS == 1, -1, IDS)):
        with pytest.raises(PredictorError, match="cannot be told that one is unknown"):
            face.probabilities(X, known)
    with pytest.raises(PredictorError, match="has no embedding"):
        face.embedding(X)
    branch = as_written_label_branch(3, 3)  # reads one-hot rows: zeros are unknown
    blind = branch.predict([X, np.zeros((60, 3))], verbose=0)
    np.testing.assert_allclose(as_predictor(branch, SPEC).probabilities(X), blind, atol=1e-6)
    alone = as_predictor(branch, SPEC, reads_label=False)
    assert not alone.reads_label


def test_functions_of_rows_and_of_rows_and_label() -> None:
    face = as_predictor(lambda x: np.full((len(x), 3), 1 / 3), SPEC)
    assert (face.reads_label, face.probabilities(X).shape) == (False, (60, 3))
    seen = []

    def told(x, known):
        seen.append(known)
        return np.where((known < 0)[:, None], 1 / 3, np.eye(3)[known])

    face = as_predictor(told, SPEC)
    assert face.reads_label
    np.testing.assert_allclose(face.probabilities(X), 1 / 3)
    assert (seen[0] == -1).all() and seen[0].shape == (60,)
    np.testing.assert_array_equal(face.probabilities(X, IDS), np.eye(3)[IDS])
    assert not as_predictor(lambda x, scale=1.0: x, SPEC).reads_label
    assert as_predictor(lambda x, known=None: x, SPEC).reads_label
    assert as_predictor(lambda *args: args[0], SPEC, reads_label=False).probabilities is not None
    with pytest.raises(PredictorError, match="pass reads_label=True or False"):
        as_predictor(lambda *args: args[0], SPEC)
    with pytest.raises(PredictorError, match="How many rows"):
        face.probabilities("rows")


def test_an_estimator_in_the_order_of_the_spec() -> None:
    names = np.array(["cat", "ant", "bee"])[IDS]  # classes_ are sorted, the spec's need not be
    spec = LabelSpec.single(["cat", "ant", "bee"], "species")
    fitted = LogisticRegression().fit(X, names)
    face = as_predictor(fitted, spec)
    assert (face.probabilities(X).argmax(axis=1) == IDS).all()
    assert (face.reads_label, face.what) == (False, "LogisticRegression")
    np.testing.assert_allclose(
        face.probabilities(X)[:, [1, 2, 0]], fitted.predict_proba(X), atol=1e-12
    )
    with pytest.raises(PredictorError, match="LogisticRegression has no embedding"):
        face.embedding(X)
    assert face.probabilities(X[:0]).shape == (0, 3)
    own = as_predictor(fitted)
    assert own.spec.names == ("ant", "bee", "cat")


def test_a_class_that_training_lacked_gets_nothing() -> None:
    fitted = LogisticRegression().fit(X[IDS != 1], IDS[IDS != 1])
    p = as_predictor(fitted, SPEC).probabilities(X)
    assert (p[:, 1] == 0).all() and p[:, [0, 2]].sum(axis=1) == pytest.approx(1)


def test_an_estimator_of_several_labels_gives_a_list_or_a_matrix() -> None:
    y = np.stack([IDS == 0, IDS == 1], axis=1).astype(int)
    spec = LabelSpec.multi(["ant", "bee"])
    forest = RandomForestClassifier(10, random_state=0).fit(X, y)
    p = as_predictor(forest, spec).probabilities(X)
    np.testing.assert_allclose(p, np.stack([q[:, 1] for q in forest.predict_proba(X)], axis=1))
    assert ((p > 0.5) == y).all()
    matrix = OneVsRestClassifier(LogisticRegression()).fit(X, y)
    assert ((as_predictor(matrix, spec).probabilities(X) > 0.5) == y).all()
    never = MultiOutputClassifier(RandomForestClassifier(5)).fit(X, np.stack([y[:, 0], 0 * IDS], 1))
    assert (as_predictor(never, spec).probabilities(X)[:, 1] == 0).all()
    with pytest.raises(PredictorError, match=r"gives 2 arrays; .* has 3 label columns"):
        as_predictor(forest, LabelSpec.multi(3)).probabilities(X)
    with pytest.raises(PredictorError, match="does not tell its classes"):
        as_predictor(forest)


def test_an_estimator_of_columns_with_classes() -> None:
    spec = LabelSpec.columns([LabelSpec.single(["red", "green", "blue"], "colour"), "rash"])
    y = np.stack([np.array(["red", "green", "blue"])[IDS], (IDS == 2).astype(int)], axis=1)
    forest = MultiOutputClassifier(RandomForestClassifier(10, random_state=0)).fit(X, y)
    p = as_predictor(forest, spec).probabilities(X)
    assert p.shape == (60, 4)
    assert (p[:, :3].argmax(axis=1) == IDS).all() and ((p[:, 3] > 0.5) == (IDS == 2)).all()


def test_texts_are_rows() -> None:
    texts = ["sting and wings", "six legs", "whiskers and claws"] * 20
    fitted = make_pipeline(CountVectorizer(), LogisticRegression()).fit(texts, IDS)
    p = as_predictor(fitted, SPEC).probabilities(texts)
    assert (p.argmax(axis=1) == IDS).all()


@pytest.mark.parametrize("classes", [["ant", "dog"], [-1, 0, 1], ["ant", "bee", "cat", "dog"]])
def test_classes_that_are_not_those_of_the_spec_are_refused(classes) -> None:
    y = np.array(classes)[np.arange(60) % len(classes)]
    face = as_predictor(LogisticRegression().fit(X, y), SPEC)
    with pytest.raises(PredictorError, match="was fitted on the classes"):
        face.probabilities(X)


@pytest.mark.only_backend("torch")
def test_one_of_several_outputs_and_a_network_in_a_network() -> None:
    x, y = keras.Input((3,), name="features"), keras.Input((), dtype="int32", name="label")
    inner = as_written_label_embedding(3, 3)
    named = keras.layers.Activation("linear", name="species")(inner([x, y[:, None]]))
    model = keras.Model([x, y], [keras.layers.Dense(1, name="age")(x), named])
    face = as_predictor(model, SPEC)
    assert face.reads_label and face.fed_scores(X, IDS).shape == (60, 3)
    assert as_predictor(model, SPEC, output="age").fed_scores(X, IDS).shape == (60, 1)
    pair = as_predictor(lambda x, label: (x, x[:, :1]), SPEC, output=1)
    assert pair.fed_scores(X, IDS).shape == (60, 1)
    labelled = keras.layers.Flatten()(LabelEmbedding(2, SPEC)([x, y]))
    ours = keras.Model([x, y], keras.Model([x, y], labelled)([x, y]))
    assert as_predictor(ours, SPEC).unknown_how == "unknown"
