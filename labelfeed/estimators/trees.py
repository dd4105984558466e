"""Trees of scikit-learn (and LightGBM) as `TreeArrays`."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from sklearn.utils.validation import check_is_fitted

from labelfeed.estimators.errors import EstimatorError
from labelfeed.estimators.sklearn_private import histogram_private
from labelfeed.estimators.tree_arrays import TreeArrays
from labelfeed.types import AnyModel

__all__ = ["is_boosting", "is_tree_model", "tree_arrays"]

_FORESTS = (
    RandomForestClassifier,
    RandomForestRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
)
_SINGLE = (DecisionTreeClassifier, DecisionTreeRegressor)
_HISTOGRAM = (HistGradientBoostingClassifier, HistGradientBoostingRegressor)
_GRADIENT = (GradientBoostingClassifier, GradientBoostingRegressor)


def is_tree_model(estimator: AnyModel) -> bool:
    """Tell whether `tree_arrays` knows this class of estimator."""
    return isinstance(estimator, _FORESTS + _SINGLE + _HISTOGRAM + _GRADIENT) or _lightgbm(
        estimator
    )


def is_boosting(estimator: AnyModel) -> bool:
    """Tell whether the scores of a classifier's trees are log-odds, not probabilities."""
    return isinstance(estimator, _HISTOGRAM + _GRADIENT) or _lightgbm(estimator)


def tree_arrays(estimator: AnyModel) -> TreeArrays:
    """Return the trees of a fitted estimator.

    Args:
        estimator: `HistGradientBoosting`, `GradientBoosting`, `RandomForest`, `ExtraTrees` or
            `DecisionTree`, each `Classifier` or `Regressor` of scikit-learn, also with several
            outputs; `LGBMClassifier` or `LGBMRegressor` with its default objectives.

    Returns:
        Trees whose scores are: `decision_function` of boosting (one column for two classes), the
        probabilities of a forest (the outputs of several beside one another), `predict` of a
        regressor.

    Raises:
        EstimatorError: It is none of these, or splits on categories, or its loss has a link.
        NotFittedError: It was not fitted.

    Example:
        >>> x, y = np.array([[0.0], [1.0], [2.0], [3.0]]), [0, 0, 1, 1]
        >>> trees = tree_arrays(DecisionTreeClassifier().fit(x, y))
        >>> trees.scores(np.array([[1.4], [1.6]])).tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """
    if isinstance(estimator, _FORESTS):
        check_is_fitted(estimator)
        parts = [_of_tree(tree, estimator) for tree in estimator.estimators_]
        return TreeArrays.sum_of(parts).scaled(1 / len(parts))
    if isinstance(estimator, _SINGLE):
        check_is_fitted(estimator)
        return _of_tree(estimator, estimator)
    if isinstance(estimator, _HISTOGRAM):
        check_is_fitted(estimator)
        return _of_histograms(estimator)
    if isinstance(estimator, _GRADIENT):
        check_is_fitted(estimator)
        return _of_gradient(estimator)
    if _lightgbm(estimator):
        return _of_lightgbm(estimator)
    raise EstimatorError(
        f"{type(estimator).__name__} is no tree model that can become arrays. Expected "
        "HistGradientBoosting, GradientBoosting, RandomForest, ExtraTrees or DecisionTree "
        "(Classifier or Regressor) of scikit-learn, or LGBMClassifier, LGBMRegressor."
    )


def _of_histograms(estimator: AnyModel) -> TreeArrays:
    _identity_link(estimator, ("squared_error", "absolute_error", "quantile", "log_loss"))
    steps, base = histogram_private(estimator)
    parts, groups = [], []
    for step in steps:
        for group, nodes in enumerate(step):
            leaf = nodes["is_leaf"].astype(bool)
            parts.append(
                TreeArrays.of_tree(
                    np.where(leaf, -1, nodes["left"].astype(np.int64)),
                    nodes["right"],
                    nodes["feature_idx"],
                    nodes["num_threshold"],
                    nodes["value"][:, None],
                    num_features=estimator.n_features_in_,
                    missing_left=nodes["missing_go_to_left"],
                )
            )
            groups.append(group)
    return TreeArrays.sum_of(parts, groups).shifted(base)


def _of_gradient(estimator: AnyModel) -> TreeArrays:
    _identity_link(estimator, ("squared_error", "absolute_error", "huber", "quantile", "log_loss"))
    start = getattr(estimator, "init_", "zero")
    if not isinstance(start, (str, DummyClassifier, DummyRegressor)):
        raise EstimatorError(
            f"This {type(estimator).__name__} starts from init={type(start).__name__}, which "
            "cannot become arrays: fit with init=None or 'zero'."
        )
    grid = estimator.estimators_
    parts = [_of_tree(tree, estimator) for tree in grid.ravel()]
    groups = np.tile(np.arange(grid.shape[1]), len(grid)).tolist()
    trees = TreeArrays.sum_of(parts, groups).scaled(estimator.learning_rate)
    # The start is private; but it is the same for every row.
    row = np.zeros((1, estimator.n_features_in_), np.float32)
    raw = getattr(estimator, "decision_function", estimator.predict)(row)
    return trees.shifted(np.asarray(raw, np.float64).reshape(-1) - trees.scores(row)[0])


def _of_tree(tree: AnyModel, whole: AnyModel) -> TreeArrays:
    """Return one tree; of a classifier's value the classes that each output really has."""
    inside = tree.tree_
    value = inside.value  # (nodes, outputs, classes)
    if isinstance(tree, DecisionTreeClassifier):
        counts = np.atleast_1d(tree.n_classes_)
        value = value / value.sum(axis=2, keepdims=True)
        value = np.concatenate([value[:, i, :c] for i, c in enumerate(counts)], axis=1)
    else:
        value = value[:, :, 0]
    return TreeArrays.of_tree(
        inside.children_left,
        inside.children_right,
        inside.feature,
        inside.threshold,
        value,
        num_features=whole.n_features_in_,
        missing_left=inside.missing_go_to_left,
    )


def _identity_link(estimator: AnyModel, losses: tuple[str, ...]) -> None:
    loss = getattr(estimator, "loss", "log_loss")
    if loss not in losses:
        raise EstimatorError(
            f"{type(estimator).__name__}(loss={loss!r}) cannot become arrays: its scores are no "
            f"sum of trees. Expected one of {', '.join(losses)}."
        )


def _lightgbm(estimator: AnyModel) -> bool:
    room = type(estimator).__module__.partition(".")[0]
    return room == "lightgbm" and hasattr(estimator, "booster_")


def _of_lightgbm(estimator: AnyModel) -> TreeArrays:
    model = estimator.booster_.dump_model()
    objective = str(model.get("objective", "")).split(" ")[0]
    if objective not in ("binary", "multiclass", "regression") or model.get("average_output"):
        raise EstimatorError(
            f"LightGBM's objective {objective!r} cannot become arrays. Expected binary, "
            "multiclass or regression, and boosting_type='gbdt'."
        )
    classes = model["num_tree_per_iteration"]
    parts = [
        _lightgbm_tree(tree["tree_structure"], estimator.n_features_in_)
        for tree in model["tree_info"]
    ]
    return TreeArrays.sum_of(parts, [i % classes for i in range(len(parts))])


def _lightgbm_tree(root: dict[str, Any], num_features: int) -> TreeArrays:
    nodes, left, right = [root], [], []
    for node in nodes:  # grows
        if "leaf_value" in node:
            left.append(-1)
            right.append(-1)
            continue
        if node["decision_type"] != "<=" or node["missing_type"] == "Zero":
            raise EstimatorError(
                "This LightGBM model splits on categories or takes zero for missing, which cannot "
                "become arrays: fit without categorical_feature and zero_as_missing."
            )
        left.append(len(nodes))
        right.append(len(nodes) + 1)
        nodes += [node["left_child"], node["right_child"]]
    # Where it saw no missing value, LightGBM reads one as 0.
    to_left = [
        n.get("default_left", True)
        if n.get("missing_type") == "NaN"
        else n.get("threshold", 0) >= 0
        for n in nodes
    ]
    return TreeArrays.of_tree(
        left,
        right,
        [n.get("split_feature", 0) for n in nodes],
        [n.get("threshold", 0.0) for n in nodes],
        [[n.get("leaf_value", 0.0)] for n in nodes],
        num_features=num_features,
        missing_left=to_left,
    )
