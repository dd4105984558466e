"""`as_predictor` takes what predicts, and says of anything else what it expected."""

from __future__ import annotations

from types import SimpleNamespace

import keras
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, RidgeClassifier

from labelfeed.labels.spec import LabelSpec
from labelfeed.models.checked import CheckedModel
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.models.wrapping import as_predictor, own_spec
from labelfeed.predictors.responses import PredictorError
from labelfeed.strategies.networks import build_network

SPEC = LabelSpec.single(3, name="species")
X, Y = np.eye(3, dtype="float32")[[0, 1, 2] * 4], np.array([0, 1, 2] * 4)


def test_a_predictor_and_what_offers_one_are_taken_as_they_are() -> None:
    face = as_predictor(lambda x: x, SPEC)
    assert as_predictor(face) is face
    assert as_predictor(SimpleNamespace(predictor=face)) is face
    assert as_predictor(face, LabelSpec.single(3, "another name")) is face


def test_the_number_of_rows_per_step() -> None:
    model = LabelFedModel(build_network((3,), SPEC, width=4), SPEC)
    face = as_predictor(model)
    small = as_predictor(face, batch_size=5)
    assert (face.batch_size, small.batch_size) == (256, 5)
    np.testing.assert_allclose(small.probabilities(X), face.probabilities(X), atol=1e-6)
    with pytest.raises(PredictorError, match="batch_size must be at least 1, got 0"):
        as_predictor(model, batch_size=0)


def test_who_has_a_spec_of_its_own() -> None:
    model = LabelFedModel(build_network((3,), SPEC, width=4), SPEC)
    face = as_predictor(model)
    assert own_spec(model) == own_spec(face) == own_spec(SimpleNamespace(predictor=face)) == SPEC
    assert own_spec(lambda x: x) is None
    assert own_spec(keras.Sequential()) is None
    with pytest.raises(PredictorError, match="single with 2 classes, the LabelFedModel predicts"):
        as_predictor(model, LabelSpec.single(2))


@pytest.mark.parametrize(
    ("model", "error", "message"),
    [
        ("model", TypeError, "a fitted estimator with predict_proba, or a function .*; got str"),
        (None, TypeError, "got NoneType"),
        (LogisticRegression, TypeError, "got the class LogisticRegression: pass an instance"),
        (RidgeClassifier(), PredictorError, "RidgeClassifier has no predict_proba"),
        (LogisticRegression(), PredictorError, "LogisticRegression does not tell its classes"),
        (lambda x: x, PredictorError, "What does this function predict. Pass spec="),
    ],
)
def test_what_cannot_be_wrapped(model, error, message) -> None:
    with pytest.raises(error, match=message):
        as_predictor(model)


def test_a_keras_model_needs_a_spec() -> None:
    with pytest.raises(PredictorError, match="What does this Sequential predict"):
        as_predictor(keras.Sequential([keras.Input((3,)), keras.layers.Dense(3)]))
    bare = CheckedModel(SPEC, keras.Sequential())
    with pytest.raises(TypeError, match="got CheckedModel"):
        as_predictor(bare)
