"""A canary for what scikit-learn keeps private and we read."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import sklearn
from sklearn.ensemble import ExtraTreesRegressor, HistGradientBoostingClassifier

from labelfeed.estimators.sklearn_private import (
    fit_forest,
    forest_arrays,
    forest_of,
    histogram_arrays,
    histogram_of,
    histogram_private,
)

X = np.random.default_rng(0).normal(size=(90, 3))
THREE = np.digitize(X[:, 0], [-0.5, 0.5])


def test_what_is_private_of_histogram_boosting_is_where_it_was() -> None:
    model = HistGradientBoostingClassifier(max_iter=2).fit(X, THREE)
    said = f"scikit-learn {sklearn.__version__} keeps its trees elsewhere: mend histogram_private"
    steps, base = histogram_private(model)
    assert [len(step) for step in steps] == [3, 3], said
    assert base.shape == (3,), said
    needed = {"is_leaf", "left", "right", "feature_idx", "num_threshold", "value"}
    assert needed | {"missing_go_to_left", "is_categorical"} <= set(steps[0][0].dtype.names), said
    assert hasattr(model, "_preprocessor"), said


def test_forests_and_boosting_that_are_made_of_arrays_predict_to_the_bit() -> None:
    said = f"scikit-learn {sklearn.__version__} keeps its trees otherwise: mend {{}}"
    several = np.stack([THREE, -THREE, X[:, 1]], axis=1)
    forest = ExtraTreesRegressor(3, random_state=1).fit(X, several)
    made = forest_of(forest_arrays(forest))
    assert made.predict(X).tobytes() == forest.predict(X).tobytes(), said.format("forest_of")
    for classes in (THREE, THREE > 0):
        model = HistGradientBoostingClassifier(max_iter=3, max_features=0.5).fit(X, classes)
        again = histogram_of(histogram_arrays(model))
        assert again.classes_.tolist() == model.classes_.tolist()
        assert again.decision_function(X).tobytes() == model.decision_function(X).tobytes(), (
            said.format("histogram_of")
        )


def test_threads_of_a_forest_leave_the_filters_of_warnings_alone() -> None:
    class Racing(ExtraTreesRegressor):
        def fit(self, x, y, sample_weight):
            warnings.warn("sklearn.utils.parallel.delayed should be used with ...", stacklevel=1)
            warnings.warn("the rows are odd", stacklevel=1)
            warnings.resetwarnings()  # as a thread does that is overtaken
            return super().fit(x, y, sample_weight=sample_weight)

    before = list(warnings.filters)
    forest = Racing(3, n_jobs=2)
    with pytest.warns(UserWarning, match="odd") as told:
        fit_forest(forest, X, X[:, 0], np.ones(len(X)))
    assert len(told) == 1 and len(forest.estimators_) == 3
    assert list(warnings.filters) == before
