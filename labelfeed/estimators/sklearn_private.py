"""Everything of scikit-learn that it does not document and that this library touches.

The canary is in the twin test: looked at with scikit-learn 1.9.1.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.ensemble import ExtraTreesRegressor, HistGradientBoostingClassifier

from labelfeed.estimators.errors import EstimatorError
from labelfeed.types import AnyModel

__all__ = [
    "fit_forest",
    "forest_arrays",
    "forest_of",
    "histogram_arrays",
    "histogram_of",
    "histogram_private",
]


def histogram_private(estimator: AnyModel) -> tuple[list[list[Any]], np.ndarray]:
    """Return the trees of histogram boosting, by iteration and class, and the score before them.

    scikit-learn offers no other way to them.

    Returns:
        For each iteration and class the structured array of the nodes; float64 `(classes,)`.
    """
    nodes = [[tree.nodes for tree in step] for step in estimator._predictors]
    if getattr(estimator, "_preprocessor", None) is not None or any(
        array["is_categorical"].any() for step in nodes for array in step
    ):
        raise EstimatorError(
            f"This {type(estimator).__name__} splits on categories (categorical_features), which "
            "cannot become arrays: one-hot encode them before, and fit with "
            "categorical_features=None."
        )
    return nodes, np.asarray(estimator._baseline_prediction, np.float64).reshape(-1)


def fit_forest(forest: AnyModel, x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> None:
    """Fit a forest in threads, and leave the filters of warnings as they were.

    Each thread of scikit-learn sets the filters of the whole process, and now and then one leaves
    them empty; from then on each tree of every forest warns that it lacks them.
    """
    with warnings.catch_warnings(record=True) as told:
        forest.fit(x, y, sample_weight=weight)
    for one in told:
        if "sklearn.utils.parallel" not in str(one.message):
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)


def forest_arrays(forest: AnyModel) -> dict[str, Any]:
    """Return a fitted forest of regression trees as arrays, by name."""
    states = [tree.tree_.__getstate__() for tree in forest.estimators_]
    return {
        "nodes": np.concatenate([state["nodes"] for state in states]),
        "values": np.concatenate([state["values"] for state in states]),
        "counts": np.array([state["node_count"] for state in states]),
        "depths": np.array([state["max_depth"] for state in states]),
        "features": int(forest.n_features_in_),
        "outputs": int(forest.n_outputs_),
    }


def forest_of(arrays: Mapping[str, Any]) -> ExtraTreesRegressor:
    """Return the forest that `forest_arrays` was given; it predicts to the bit.

    One that is fitted on nothing brings all that the trees do not hold.
    """
    features, outputs = arrays["features"], arrays["outputs"]
    y = np.zeros(2) if outputs == 1 else np.zeros((2, outputs))
    forest = ExtraTreesRegressor(len(arrays["counts"]), random_state=0, n_jobs=1)
    forest.fit(np.zeros((2, features), np.float32), y)
    ends = np.cumsum(arrays["counts"])
    for tree, end, count, depth in zip(
        forest.estimators_, ends, arrays["counts"], arrays["depths"], strict=True
    ):
        made = type(tree.tree_)(features, np.ones(outputs, np.intp), outputs)
        nodes, values = (arrays[name][end - count : end].copy() for name in ("nodes", "values"))
        made.__setstate__(
            {"max_depth": int(depth), "node_count": int(count), "nodes": nodes, "values": values}
        )
        tree.tree_ = made
    return forest


def histogram_arrays(estimator: AnyModel) -> dict[str, Any]:
    """Return fitted histogram boosting of classes as arrays, by name; without categories."""
    steps, _ = histogram_private(estimator)
    nodes = [tree for step in steps for tree in step]
    return {
        "nodes": np.concatenate(nodes),
        "counts": np.array([len(tree) for tree in nodes]),
        "steps": len(steps),
        "baseline": np.asarray(estimator._baseline_prediction),
        "classes": np.asarray(estimator.classes_),
        "features": int(estimator.n_features_in_),
    }


def histogram_of(arrays: Mapping[str, Any]) -> HistGradientBoostingClassifier:
    """Return the boosting that `histogram_arrays` was given; it predicts to the bit."""
    classes = arrays["classes"]
    estimator = HistGradientBoostingClassifier(max_iter=1, early_stopping=False)
    y = np.tile(classes, 2)
    estimator.fit(np.zeros((len(y), arrays["features"]), np.float32), y)
    empty = estimator._predictors[0][0]
    ends = np.cumsum(arrays["counts"])
    trees = [
        type(empty)(
            arrays["nodes"][end - count : end].copy(),
            empty.binned_left_cat_bitsets,
            empty.raw_left_cat_bitsets,
        )
        for end, count in zip(ends, arrays["counts"], strict=True)
    ]
    each = len(trees) // arrays["steps"]
    estimator._predictors = [trees[at : at + each] for at in range(0, len(trees), each)]
    estimator._baseline_prediction = arrays["baseline"]
    return estimator
