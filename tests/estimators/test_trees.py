"""Trees of scikit-learn give the numbers that it gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from labelfeed.estimators.errors import EstimatorError
from labelfeed.estimators.trees import is_tree_model, tree_arrays

RNG = np.random.default_rng(0)
X = np.round(RNG.normal(size=(300, 5)), 1).astype(np.float32)  # many values at thresholds
GAPS = np.where(RNG.random(X.shape) < 0.15, np.nan, X).astype(np.float32)
YES = (X[:, 0] + X[:, 1] * X[:, 2] + RNG.normal(size=300) > 0).astype(int)
THREE = np.array(["a", "b", "c"])[np.digitize(X[:, 0] + RNG.normal(size=300), [-0.5, 0.5])]
MANY = np.stack([YES, np.unique(THREE, return_inverse=True)[1]], axis=1)
FEW = {"random_state": 0, "n_estimators": 7}
SOME = {"random_state": 0, "max_iter": 12, "min_samples_leaf": 5}

CASES: dict[str, tuple[Any, np.ndarray, np.ndarray, str]] = {
    "hist": (HistGradientBoostingClassifier(**SOME), GAPS, YES, "decision_function"),
    "hist, 3": (HistGradientBoostingClassifier(**SOME), X, THREE, "decision_function"),
    "hist, number": (HistGradientBoostingRegressor(**SOME), GAPS, X[:, 0], "predict"),
    "gradient": (GradientBoostingClassifier(**FEW), X, YES, "decision_function"),
    "gradient, 3": (GradientBoostingClassifier(**FEW), X, THREE, "decision_function"),
    "gradient, number": (GradientBoostingRegressor(**FEW), X, X[:, 1] ** 2, "predict"),
    "forest": (RandomForestClassifier(**FEW), GAPS, THREE, "predict_proba"),
    "forest, number": (RandomForestRegressor(**FEW), GAPS, X[:, 0], "predict"),
    "extra": (ExtraTreesClassifier(**FEW, min_samples_leaf=3), X, YES, "predict_proba"),
    "extra, many": (ExtraTreesClassifier(**FEW), GAPS, MANY, "predict_proba"),
    "extra, numbers": (ExtraTreesRegressor(**FEW), X, X[:, :3] ** 2, "predict"),
    "tree": (DecisionTreeClassifier(max_depth=4), X, MANY, "predict_proba"),
    "tree, number": (DecisionTreeRegressor(), X, X[:, 0] ** 2, "predict"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_scores_are_those_of_scikit_learn(case: tuple[Any, np.ndarray, np.ndarray, str]) -> None:
    estimator, x, y, method = case
    estimator.fit(x[:200], y[:200])
    wanted = getattr(estimator, method)(x)
    wanted = np.hstack(wanted) if isinstance(wanted, list) else wanted.reshape(len(x), -1)
    trees = tree_arrays(estimator)
    np.testing.assert_allclose(trees.scores(x), wanted, rtol=1e-12, atol=1e-12)
    assert trees.depth > 0
    assert is_tree_model(estimator)


def test_rows_at_a_threshold_go_where_they_went() -> None:
    tree = RandomForestRegressor(3, random_state=0).fit(X, X[:, 0] * X[:, 1])
    trees = tree_arrays(tree)
    at = np.zeros((len(trees.threshold), 5), np.float32)
    at[np.arange(len(at)), trees.feature] = trees.threshold
    for x in (at, np.nextafter(at, np.float32(9)), np.nextafter(at, np.float32(-9))):
        np.testing.assert_allclose(trees.scores(x)[:, 0], tree.predict(x), atol=1e-12)


def test_what_cannot_be_arrays_is_refused_by_name() -> None:
    x = np.column_stack([RNG.integers(0, 4, 300), X[:, 0]])
    own = HistGradientBoostingClassifier(categorical_features=[0], max_iter=3).fit(x, YES)
    with pytest.raises(EstimatorError, match="one-hot"):
        tree_arrays(own)
    counts = HistGradientBoostingRegressor(loss="poisson", max_iter=3).fit(x, YES)
    with pytest.raises(EstimatorError, match="poisson"):
        tree_arrays(counts)
    odd = GradientBoostingClassifier(init=LogisticRegression(), **FEW).fit(X, YES)
    with pytest.raises(EstimatorError, match="init=None"):
        tree_arrays(odd)
    with pytest.raises(EstimatorError, match=r"IsolationForest .* ExtraTrees"):
        tree_arrays(IsolationForest())
    assert not is_tree_model(IsolationForest())
    with pytest.raises(NotFittedError):
        tree_arrays(ExtraTreesClassifier())


def test_lightgbm_too() -> None:
    lightgbm = pytest.importorskip("lightgbm")
    for y, x in ((YES, GAPS), (THREE, X)):
        model = lightgbm.LGBMClassifier(n_estimators=5, verbose=-1).fit(x, y)
        scores = tree_arrays(model).scores(np.vstack([x, GAPS]))
        wanted = model.predict_proba(np.vstack([x, GAPS]), raw_score=True)
        np.testing.assert_allclose(scores, wanted.reshape(len(scores), -1), atol=1e-9)
