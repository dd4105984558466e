"""A fitted classifier as one network: the same numbers, saved, evaluated, exported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.exceptions import NotFittedError

from labelfeed.estimators.blend import Blend
from labelfeed.estimators.boosting import BoostingMember
from labelfeed.estimators.classifier import LabelFedClassifier
from labelfeed.estimators.extra_trees import ExtraTreesMember
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.assembled import assembled
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.visibility.policies import Hidden
from tests.contracts._export import served

RNG = np.random.default_rng(0)
X = RNG.normal(size=(160, 4)).astype(np.float32)
HIDDEN = X[:, 0] + 0.7 * RNG.normal(size=160)
YES = np.stack([HIDDEN + 0.4 * RNG.normal(size=160) > t for t in (-0.5, 0, 0.5)], axis=1)
SIZE = np.digitize(HIDDEN, [-0.5, 0.5])
# One class that no row has, and gaps.
SPEC = LabelSpec.columns(["fever", LabelSpec.single(4, name="size"), "rash"])
MIXED = np.column_stack([YES[:, 0], SIZE, YES[:, 1]]).astype(int)
MIXED[RNG.random(MIXED.shape) < 0.15] = -1
FEW: list[Any] = [BoostingMember(10, leaves=3), ExtraTreesMember(10, min_leaf=25), "logistic"]


def fit(y: np.ndarray, plain: Any, spec: LabelSpec | None = None) -> LabelFedClassifier:
    return LabelFedClassifier(plain, spec, folds=2).fit(X, y)


@pytest.fixture(scope="module")
def mixed() -> LabelFedClassifier:
    classifier = fit(MIXED, FEW, SPEC)
    assert classifier.readers_ is not None
    # Whatever these rows chose: all members and both readers count.
    bias = RNG.normal(size=6)
    classifier.blend_ = Blend(RNG.uniform(0.2, 0.6, (3, 3)), bias, classifier.blend_.losses, SPEC)
    return classifier


def test_probabilities_are_those_of_the_classifier_whatever_is_known(
    mixed: LabelFedClassifier, tmp_path: Path
) -> None:
    assembled(mixed).save(tmp_path / "all.keras")
    model = keras.saving.load_model(tmp_path / "all.keras", safe_mode=True)
    assert isinstance(model, LabelFedModel)
    assert not model.trainable_variables
    plain = model.predict(X, verbose=0)
    np.testing.assert_allclose(plain, mixed.predict_proba(X), atol=1e-5)
    known = np.where(RNG.random(MIXED.shape) < 0.5, -1, MIXED)
    known[:20] = -1
    found = model.predict(X, known=known, verbose=0)
    np.testing.assert_allclose(found, mixed.predict_proba(X, known), atol=1e-5)
    # XLA compiles "nothing known" by itself, with other roundings: one unit in the last place.
    np.testing.assert_allclose(found[:20], plain[:20], rtol=3e-7)
    assert np.abs(found - plain).max() > 0.1
    loss = model.evaluate(X, MIXED, verbose=0)
    states = SPEC.encode(MIXED)
    p = np.where(states == 1, plain, 1 - plain)[states >= 0]
    assert loss == pytest.approx(-np.log(np.maximum(p, 1e-7)).mean(), abs=1e-4)


@pytest.mark.parametrize("y", [SIZE, YES[:, 0].astype(int)], ids=["three", "two"])
def test_a_single_label_has_nothing_to_read(y: np.ndarray) -> None:
    classifier = fit(y, FEW[:2])
    model = assembled(classifier, metrics=["accuracy"])
    assert isinstance(model.visibility, Hidden)
    p = classifier.predict_proba(X)
    np.testing.assert_allclose(model.predict(X, verbose=0), p, atol=1e-5)
    np.testing.assert_allclose(model.predict(X, known=y, verbose=0), p, atol=1e-5)
    accuracy = model.evaluate(X, y, verbose=0, return_dict=True)["accuracy"]
    assert accuracy == pytest.approx((p.argmax(axis=1) == y).mean(), abs=1e-6)


def test_given_probabilities_are_the_features() -> None:
    p = 1 / (1 + np.exp(-HIDDEN[:, None] - [0.5, 0, -0.5]))
    classifier = fit(YES.astype(int), p)
    model, known = assembled(classifier), np.array([[1, -1, -1]] * 160)
    found = model.predict(p.astype(np.float32), known=known, verbose=0)
    np.testing.assert_allclose(found, classifier.predict_proba(p, known), atol=1e-5)


# Torch's own exporter takes half a minute for trees; `labelfeed export` goes by TensorFlow there.
@pytest.mark.only_backend("tensorflow", "jax")
def test_exported_without_a_label(mixed: LabelFedClassifier, tmp_path: Path) -> None:
    model = assembled(mixed)
    features = keras.Input((4,))
    told = served(keras.Model(features, model(features)), X, tmp_path)
    np.testing.assert_allclose(told, mixed.predict_proba(X), atol=1e-5)


def test_what_was_not_fitted_is_refused() -> None:
    with pytest.raises(NotFittedError):
        assembled(LabelFedClassifier(HistGradientBoostingClassifier()))
