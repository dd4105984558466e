"""A canary for what scikit-learn keeps private and we read."""

from __future__ import annotations

import numpy as np
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier

from labelfeed.estimators.sklearn_private import histogram_private

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
