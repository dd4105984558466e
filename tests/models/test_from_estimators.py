"""Estimators of scikit-learn as networks: the same numbers, saved without a pickle."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    VotingClassifier,
)
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from labelfeed.estimators.errors import EstimatorError
from labelfeed.models.from_estimators import keras_of, known_estimator

RNG = np.random.default_rng(0)
X = (RNG.normal(size=(128, 4)) * [1, 5, 0.1, 1] + [0, 50, 0, -3]).astype(np.float32)
YES = (X[:, 0] + RNG.normal(size=128) > 0).astype(int)
THREE = np.digitize(X[:, 0] + RNG.normal(size=128), [-0.5, 0.5])
MANY = np.stack([YES, THREE], axis=1)
PAIR = np.stack([YES, THREE > 0], axis=1).astype(int)
FEW = {"random_state": 0, "n_estimators": 5}
LINE = LogisticRegression(max_iter=500)
BOOSTED = HistGradientBoostingClassifier(max_iter=5, min_samples_leaf=5)

# One network of all, since each alone would take its second on three backends.
CASES: dict[str, tuple[Any, np.ndarray]] = {
    "boosting": (BOOSTED, YES),
    "boosting-3": (HistGradientBoostingClassifier(max_iter=4), THREE),
    "number": (HistGradientBoostingRegressor(max_iter=4), X[:, 1]),
    "forest": (RandomForestClassifier(**FEW), MANY),
    "line": (LINE, YES),
    "line-3": (make_pipeline(StandardScaler(), LogisticRegression()), THREE),
    "ridge": (Ridge(), X[:, :2] * 2),
    "mlp": (MLPClassifier((5, 3), solver="lbfgs", max_iter=500, random_state=0), THREE),
    "dummy": (DummyClassifier(), MANY),
    "outputs": (MultiOutputClassifier(BOOSTED), PAIR),
    "outputs-mixed": (MultiOutputClassifier(ExtraTreesClassifier(**FEW)), MANY),
    "rest": (OneVsRestClassifier(LogisticRegression()), THREE),
    "rest-labels": (OneVsRestClassifier(LogisticRegression()), PAIR),
    "search": (GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2), YES),
    "vote": (
        VotingClassifier([("a", LINE), ("b", BOOSTED)], voting="soft", weights=[1, 2]),
        YES,
    ),
    "calibrated": (CalibratedClassifierCV(BOOSTED, cv=2), YES),
    "calibrated-3": (CalibratedClassifierCV(RandomForestClassifier(**FEW), cv=2), THREE),
}


@pytest.fixture(scope="module")
def fitted() -> dict[str, Any]:
    return {name: estimator.fit(X, y) for name, (estimator, y) in CASES.items()}


def test_networks_say_what_the_estimators_say(fitted: dict[str, Any], tmp_path: Path) -> None:
    features = keras.Input((4,))
    outputs = {}
    for name, estimator in fitted.items():
        network = keras_of(estimator, 4)
        network.name = name.replace(" ", "_")
        outputs[name] = network(features)
    keras.Model(features, outputs).save(tmp_path / "all.keras")
    again = keras.saving.load_model(tmp_path / "all.keras", safe_mode=True)
    assert not again.trainable_variables
    found = again.predict(X, verbose=0)
    for name, estimator in fitted.items():
        wanted = getattr(estimator, "predict_proba", None) or estimator.predict
        wanted = wanted(X)
        wanted = np.hstack(wanted) if isinstance(wanted, list) else wanted.reshape(len(X), -1)
        np.testing.assert_allclose(found[name], wanted, rtol=1e-5, atol=1e-5, err_msg=name)


def test_logits_of_outputs_beside_one_another(fitted: dict[str, Any]) -> None:
    features, ends = keras.Input((4,)), {"forest": [0, 2, 5], "outputs": [0, 2, 4], "rest": [0, 3]}
    outputs = {name: keras_of(fitted[name], 4, output="logits")(features) for name in ends}
    found = keras.Model(features, outputs).predict(X, verbose=0)
    for name, z in found.items():
        wanted = fitted[name].predict_proba(X)
        wanted = np.hstack(wanted) if isinstance(wanted, list) else wanted
        for first, end in itertools.pairwise(ends[name]):
            part = np.exp(z[:, first:end].astype(np.float64))
            part /= part.sum(axis=1, keepdims=True)
            np.testing.assert_allclose(part, wanted[:, first:end], atol=1e-5, err_msg=name)


def test_what_cannot_be_a_network_is_refused_with_what_can(fitted: dict[str, Any]) -> None:
    with pytest.raises(EstimatorError, match=r"GaussianNB cannot become a network.*LogisticReg"):
        keras_of(make_pipeline(StandardScaler(), GaussianNB()).fit(X, YES), 4)
    with pytest.raises(EstimatorError, match="isotonic"):
        keras_of(CalibratedClassifierCV(GaussianNB(), method="isotonic").fit(X, YES), 4)
    with pytest.raises(EstimatorError, match="draws"):
        keras_of(DummyClassifier(strategy="stratified").fit(X, YES), 4)
    with pytest.raises(EstimatorError, match="no logits"):
        keras_of(fitted["ridge"], 4, output="logits")


def test_what_is_known_is_told_before_it_is_fitted(fitted: dict[str, Any]) -> None:
    assert all(known_estimator(estimator) for estimator, _ in CASES.values())
    unknown = [
        SVC(probability=True) if hasattr(SVC(), "probability") else SVC(),
        make_pipeline(StandardScaler(), GaussianNB()),
        MultiOutputClassifier(GaussianNB()),
        VotingClassifier([("a", LINE)]),
        CalibratedClassifierCV(LINE, method="isotonic"),
    ]
    assert not any(known_estimator(estimator) for estimator in unknown)
