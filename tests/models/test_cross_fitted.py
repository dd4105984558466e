"""A classifier asked as a Keras model is: the same numbers, saved and loaded."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from sklearn.naive_bayes import GaussianNB

from labelfeed.estimators import EstimatorError, LabelFedClassifier
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.cross_fitted import CrossFittedModel
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.runs import ask, explain_known

SPEC = LabelSpec.multi(["nodule", "effusion", "mass"])
RNG = np.random.default_rng(0)
X = RNG.normal(size=(128, 2)).astype(np.float32)
Y = ((X[:, :1] + RNG.normal(size=(128, 1)) > 0) ^ (RNG.random((128, 3)) < 0.1)).astype(int)
Y[::7, 1] = -1


@pytest.fixture(scope="module")
def model() -> CrossFittedModel:
    made = CrossFittedModel(LabelFedClassifier("logistic", SPEC, folds=2))
    return made.fit(X, Y, groups=np.arange(128) // 2)


def test_the_network_that_is_saved_predicts_the_same(
    model: CrossFittedModel, tmp_path: Path
) -> None:
    model.save(tmp_path / "all.keras")
    loaded = keras.saving.load_model(tmp_path / "all.keras")
    assert isinstance(loaded, LabelFedModel)
    for known in (None, {"effusion": 1}, Y):
        p = model.predict(X, known=known, verbose=0, batch_size=64)
        np.testing.assert_allclose(loaded.predict(X, known=known, verbose=0), p, atol=1e-5)
    assert model.predict(X, known={"effusion": 1})[:, 2].mean() > 0.6
    assert [i.name for i in model.functional().inputs] == ["features"]


def test_a_row_can_be_asked_about_and_explained(model: CrossFittedModel) -> None:
    for asked in (model, model.classifier):
        first = ask(asked, X[0], about="mass", known={"nodule": 1})
        assert [question.label for question in first] == ["effusion"]
        effect = explain_known(asked, X[0], {"nodule": 1}, about="mass")
        assert effect.all_known > effect.nothing_known


def test_given_probabilities_stand_for_the_features() -> None:
    p = np.clip(Y * 0.4 + 0.3 + RNG.normal(size=Y.shape) * 0.1, 0.01, 0.99)
    model = CrossFittedModel(LabelFedClassifier(p, SPEC)).fit(None, Y)
    assert model.predict(p[:2]).shape == (2, 3)
    assert model.predictor.feature_shapes == ((3,),)


def test_before_fit_and_what_cannot_be_saved() -> None:
    with pytest.raises(EstimatorError, match="with a spec"):
        CrossFittedModel(LabelFedClassifier("logistic"))
    model = CrossFittedModel(LabelFedClassifier(GaussianNB(), SPEC, folds=2))
    with pytest.raises(EstimatorError, match="call fit"):
        ask(model, X[0], about="mass")
    with pytest.raises(EstimatorError, match="x is None"):
        model.fit(None, Y)
    model.fit(X, Y)
    with pytest.raises(EstimatorError, match="GaussianNB cannot become a network"):
        model.save("never.keras")
