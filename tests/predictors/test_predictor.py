"""The one face: the same questions to ours and theirs, and the same refusals."""

from __future__ import annotations

import keras
import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier

from labelfeed.labels.encoding import LabelError
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.models.wrapping import as_predictor
from labelfeed.predictors.predictor import Predictor
from labelfeed.predictors.responses import PredictorError
from labelfeed.strategies import margin, partial_labels, side_label
from labelfeed.strategies.networks import build_network

SINGLE = LabelSpec.single(["ant", "bee", "cat"], name="species")
MULTI = LabelSpec.multi(["cough", "fever"], name="findings")
SIDE = LabelSpec.single(["a", "b"], name="turn")
RNG = np.random.default_rng(0)
X = RNG.normal(size=(12, 4)).astype("float32")


def dense(spec: LabelSpec) -> keras.Model:
    end = "softmax" if spec.kind == "single" else "sigmoid"
    x = keras.Input((4,))
    return keras.Model(x, keras.layers.Dense(spec.num_classes, activation=end)(x))


def forest(spec: LabelSpec) -> RandomForestClassifier:
    y = RNG.integers(0, 2, (40, 2)) if spec.kind == "multi" else np.arange(40) % 3
    return RandomForestClassifier(3).fit(RNG.normal(size=(40, 4)), y)


def uniform(spec: LabelSpec):
    return lambda x: np.full((len(x), spec.num_classes), 1 / spec.num_classes)


def copier(spec: LabelSpec):
    """Says what it is told, and half and half where nothing is."""
    if spec.kind == "multi":
        return lambda x, known: np.where(known < 0, 0.5, known)
    return lambda x, known: np.where((known < 0)[:, None], 1 / 3, np.eye(3)[known])


MAKERS = {
    "label-fed": lambda spec: LabelFedModel(build_network((4,), spec, width=4), spec),
    "two-phase": lambda spec: partial_labels(spec, (4,), width=4),
    "side-label": lambda spec: side_label(spec, (4,), [SIDE], width=4, depth=1),
    "margin": lambda spec: margin(spec, (4,), dimension=3, width=4),
    "keras": dense,
    "function": uniform,
    "reading function": copier,
    "estimator": forest,
}
CASES = [
    (name, spec)
    for name in MAKERS
    for spec in (SINGLE, MULTI)
    if (name, spec) not in (("two-phase", SINGLE), ("margin", MULTI))
]


@pytest.mark.parametrize(("name", "spec"), CASES, ids=lambda v: getattr(v, "kind", v))
def test_every_predictor_answers_every_question(name: str, spec: LabelSpec) -> None:
    face = as_predictor(MAKERS[name](spec), spec)
    assert face.spec == spec
    assert face.reads_label == (name in ("label-fed", "two-phase", "reading function"))
    assert face.sides == ((SIDE,) if name == "side-label" else ())
    assert face.embeds == (name == "margin")
    p = face.probabilities(X)
    assert p.shape == (12, spec.num_classes) and p.dtype == np.float64
    assert ((p >= 0) & (p <= 1)).all()
    if spec.kind == "single":
        np.testing.assert_allclose(p.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(face.probabilities(X[3:5]), p[3:5], atol=1e-5)
    assert face.probabilities(X[:0]).shape == (0, spec.num_classes)
    assert face.prepared(X)[0] is face and face.prepared(X)[1] is X
    some = np.full((12, *spec.shape), -1)
    some[:3] = 1
    if face.reads_label:
        told = face.probabilities(X, some)
        np.testing.assert_allclose(told[3:], p[3:], atol=1e-5)  # nothing is known there
        assert np.abs(told[:3] - p[:3]).max() > 1e-7 or name == "two-phase"  # tables not counted
        with pytest.raises(LabelError, match="11 rows, the features have 12"):
            face.probabilities(X, some[:11])
        with pytest.raises(LabelError):
            face.probabilities(X, np.full((12, *spec.shape), 7))
    else:
        with pytest.raises(PredictorError, match="without known labels"):
            face.probabilities(X, some)
        with pytest.raises(PredictorError, match="without known labels"):
            face.check_known(some)
    face.check_known(None)
    if face.sides:
        np.testing.assert_allclose(face.probabilities(X, sides={"turn": -1}), p, atol=1e-5)
    else:
        with pytest.raises(PredictorError, match="takes no side labels: leave sides= out"):
            face.probabilities(X, sides={"turn": 0})
    if name in ("label-fed", "margin", "keras"):
        vectors = face.embedding(X)
        assert vectors.shape[0] == 12 and vectors.ndim == 2 and vectors.dtype == np.float32
    else:
        with pytest.raises(PredictorError, match="embedding"):
            face.embedding(X)


def test_what_is_known_may_be_said_in_words() -> None:
    face = as_predictor(copier(MULTI), MULTI)
    p = face.probabilities(X, {"fever": "yes"})
    np.testing.assert_array_equal(p, [[0.5, 1.0]] * 12)
    single = as_predictor(copier(SINGLE), SINGLE).probabilities(X, ["cat", None, "ant"] * 4)
    np.testing.assert_allclose(single[:3], [[0, 0, 1], [1 / 3] * 3, [1, 0, 0]])
    with pytest.raises(LabelError, match="no label 'fevr'"):
        face.probabilities(X, {"fevr": 1})


def test_tables_and_lists_of_inputs_have_rows() -> None:
    face = as_predictor(uniform(SINGLE), SINGLE)
    assert face.probabilities(pd.DataFrame(X)).shape == (12, 3)
    face = as_predictor(lambda x: np.full((len(x[0]), 3), 1 / 3), SINGLE)
    assert face.probabilities([X, X[:, :1]]).shape == (12, 3)
    assert as_predictor(lambda x: np.eye(3), SINGLE).probabilities(None).shape == (3, 3)


def test_known_labels_beside_rows_that_cannot_be_counted() -> None:
    face = as_predictor(copier(SINGLE), SINGLE)
    np.testing.assert_array_equal(face.probabilities(None, np.array([2, 0])), np.eye(3)[[2, 0]])
    with pytest.raises(PredictorError, match=r"known= must be an array.*got dict"):
        face.probabilities(None, {"species": "ant"})


def test_an_answer_with_other_rows_is_refused() -> None:
    face = as_predictor(lambda x: np.full((len(x) + 1, 3), 1 / 3), SINGLE)
    with pytest.raises(PredictorError, match=r"shape \(12, classes\), got \(13, 3\)"):
        face.probabilities(X)


def test_a_predictor_of_ones_own() -> None:
    class Mine(Predictor):
        what = "server far away"

        def scores(self, x, known=None, sides=None):
            told = np.full(len(x), 0.5) if sides is None else np.asarray(sides["turn"], float)
            return told  # one sigmoid column

    face = Mine(LabelSpec.single(2), sides=(SIDE,))
    assert face.probabilities(X, sides={"turn": np.ones(12)})[:, 1].tolist() == [1.0] * 12
    assert face.probabilities(X).tolist() == [[0.5, 0.5]] * 12
    with pytest.raises(PredictorError, match="No label can be fed to this server far away"):
        face.fed_scores(X, np.zeros(12, int))
    with pytest.raises(PredictorError, match="This server far away has no embedding"):
        face.embedding(X)
    with pytest.raises(TypeError, match="abstract"):
        Predictor(SINGLE)
