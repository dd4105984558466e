"""Fitted estimators of scikit-learn as Keras networks: a file of theirs is no pickle."""

from __future__ import annotations

import itertools
from typing import Any, Literal

import keras
import numpy as np
from keras import ops
from sklearn.base import is_classifier
from sklearn.calibration import CalibratedClassifierCV
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import (
    ElasticNet,
    Lasso,
    LinearRegression,
    LogisticRegression,
    LogisticRegressionCV,
    Ridge,
    RidgeCV,
)
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier, MultiOutputRegressor
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from labelfeed.estimators.errors import EstimatorError
from labelfeed.estimators.tree_arrays import TreeArrays
from labelfeed.estimators.trees import is_boosting, is_tree_model, tree_arrays
from labelfeed.layers.tree_ensemble import TreeEnsemble
from labelfeed.models.converted_inputs import TRANSFORMERS, dense, transformed
from labelfeed.models.converted_scores import Converted, class_logits, joined, probabilities
from labelfeed.types import AnyModel, ArrayLike, KerasModel, Tensor

__all__ = ["keras_of", "known_estimator", "scores_of", "several_scores"]

_NUMBERS = (LinearRegression, Ridge, RidgeCV, Lasso, ElasticNet)
_LOGISTIC = (LogisticRegression, LogisticRegressionCV)
_SEARCHES = (GridSearchCV, RandomizedSearchCV)
_SEVERAL = (MultiOutputClassifier, MultiOutputRegressor, OneVsRestClassifier)
_AROUND = (*_SEARCHES, *_SEVERAL, CalibratedClassifierCV, FrozenEstimator)
_WHAT = (
    "Of scikit-learn these can: HistGradientBoosting, GradientBoosting, RandomForest, ExtraTrees "
    "and DecisionTree (Classifier and Regressor), LogisticRegression, MLPClassifier, "
    "DummyClassifier, LinearRegression, Ridge, Lasso, ElasticNet; Pipeline, GridSearchCV, "
    "MultiOutputClassifier, OneVsRestClassifier, VotingClassifier (soft) and "
    "CalibratedClassifierCV (sigmoid) of these; and LightGBM's LGBMClassifier."
)


def keras_of(
    estimator: AnyModel,
    num_features: int,
    output: Literal["probabilities", "logits"] = "probabilities",
) -> KerasModel:
    """Return the frozen Keras network of a fitted estimator.

    Args:
        estimator: Fitted estimator of scikit-learn, or several wrapped into each other.
        num_features: Columns of the features, at least 1.
        output: `"probabilities"`: what `predict_proba` returns (`predict` for a regressor), those
            of several outputs beside one another; `"logits"`: softmax over the classes of an
            output gives its probabilities.

    Returns:
        Functional model `(batch, num_features)` -> `(batch, classes)` in float32. It agrees with
        scikit-learn within 1e-5 where features are float32; a forest or boosting behind a scaler
        may send a row elsewhere that lies within rounding of a threshold.

    Raises:
        EstimatorError: It cannot become a network; the message names what can.

    Example:
        >>> x, y = np.array([[0.0], [1.0], [2.0]], "float32"), np.array(["no", "no", "yes"])
        >>> model = LogisticRegression().fit(x, y)
        >>> network = keras_of(model, 1)
        >>> bool(np.allclose(network(x), model.predict_proba(x), atol=1e-6))
        True
    """
    features = keras.Input((num_features,), name="features", dtype="float32")
    parts = scores_of(estimator, features)
    finish = probabilities if output == "probabilities" else class_logits
    network = keras.Model(features, joined([finish(part) for part in parts]))
    network.trainable = False
    return network


def known_estimator(estimator: AnyModel) -> bool:
    """Tell whether `keras_of` knows an estimator by its class, fitted or not.

    What depends on its settings (a loss with a link, categories) shows when it is converted.

    Example:
        >>> from sklearn.svm import SVC
        >>> known_estimator(MultiOutputClassifier(LogisticRegression())), known_estimator(SVC())
        (True, False)
    """
    if isinstance(estimator, Pipeline):
        *before, last = (step for _, step in estimator.steps)
        plain = all(b in (None, "passthrough") or isinstance(b, TRANSFORMERS) for b in before)
        return plain and known_estimator(last)
    if isinstance(estimator, VotingClassifier):
        return estimator.voting == "soft" and all(
            known_estimator(e) for _, e in estimator.estimators
        )
    if isinstance(estimator, _AROUND):
        if isinstance(estimator, CalibratedClassifierCV) and estimator.method != "sigmoid":
            return False
        return known_estimator(estimator.estimator)
    simple = (*_NUMBERS, *_LOGISTIC, DummyClassifier, MLPClassifier)
    return isinstance(estimator, simple) or is_tree_model(estimator)


def scores_of(estimator: AnyModel, x: Tensor) -> list[Converted]:
    """Return what a fitted estimator says of symbolic features, output by output.

    Args:
        estimator: As for `keras_of`.
        x: Symbolic `(batch, d)`.
    """
    check_is_fitted(estimator)
    if isinstance(estimator, _SEARCHES):
        return scores_of(estimator.best_estimator_, x)
    if isinstance(estimator, FrozenEstimator):
        return scores_of(estimator.estimator, x)
    if isinstance(estimator, Pipeline):
        *before, last = (step for _, step in estimator.steps)
        for step in before:
            x = transformed(step, x)
        return scores_of(last, x)
    if isinstance(estimator, OneVsRestClassifier):
        return [_one_vs_rest(estimator, x)]
    if isinstance(estimator, _SEVERAL):
        return several_scores(estimator.estimators_, x)
    if isinstance(estimator, VotingClassifier):
        return [_mean(estimator.estimators_, estimator.weights, x)]
    if isinstance(estimator, CalibratedClassifierCV):
        return [_calibrated(estimator, x)]
    if is_tree_model(estimator):
        return _of_trees(estimator, x)
    if isinstance(estimator, _LOGISTIC):
        return [_logistic(estimator, x)]
    if isinstance(estimator, _NUMBERS):
        coef = np.atleast_2d(estimator.coef_)
        return [Converted("numbers", dense(x, coef.T, estimator.intercept_))]
    if isinstance(estimator, MLPClassifier):
        return [_mlp(estimator, x)]
    if isinstance(estimator, DummyClassifier):
        return _dummy(estimator, x)
    raise EstimatorError(f"{type(estimator).__name__} cannot become a network. {_WHAT}")


def _of_trees(estimator: AnyModel, x: Tensor) -> list[Converted]:
    out = TreeEnsemble.of(tree_arrays(estimator))(x)
    if not is_classifier(estimator):
        return [Converted("numbers", out)]
    if is_boosting(estimator):
        return [Converted("log-odds" if out.shape[1] == 1 else "logits", out)]
    ends = np.cumsum([0, *np.atleast_1d(estimator.n_classes_)]).tolist()
    pairs = itertools.pairwise(ends)
    return [Converted("probabilities", out[:, first:end]) for first, end in pairs]


def _logistic(estimator: AnyModel, x: Tensor) -> Converted:
    rest = getattr(estimator, "multi_class", "auto") == "ovr" or estimator.solver == "liblinear"
    z = dense(x, estimator.coef_.T, estimator.intercept_)
    if len(estimator.classes_) == 2:
        return Converted("log-odds", z)
    return _normalised(ops.sigmoid(z)) if rest else Converted("logits", z)


def _normalised(p: Tensor) -> Converted:
    return Converted("probabilities", p / ops.sum(p, axis=-1, keepdims=True))


def _mlp(estimator: AnyModel, x: Tensor) -> Converted:
    activation = {"identity": "linear", "logistic": "sigmoid"}.get(
        estimator.activation, estimator.activation
    )
    layers = list(zip(estimator.coefs_, estimator.intercepts_, strict=True))
    for weights, bias in layers[:-1]:
        x = dense(x, weights, bias, activation=activation)
    x = dense(x, *layers[-1])
    if estimator.out_activation_ == "softmax":
        return Converted("logits", x)
    # Of several yes/no outputs predict_proba has one column each.
    return (
        Converted("log-odds", x) if x.shape[1] == 1 else Converted("probabilities", ops.sigmoid(x))
    )


def _dummy(estimator: AnyModel, x: Tensor) -> list[Converted]:
    if estimator.strategy == "stratified":
        raise EstimatorError(
            "DummyClassifier(strategy='stratified') draws: it is no function of x."
        )
    one = np.zeros((1, x.shape[1]))
    found = estimator.predict_proba(one)
    nothing = np.zeros((x.shape[1], 1))
    rates = found if isinstance(found, list) else [found]
    return [
        Converted("probabilities", dense(x, np.repeat(nothing, p.shape[1], axis=1), p[0]))
        for p in rates
    ]


def several_scores(estimators: list[Any], x: Tensor) -> list[Converted]:
    """Return what one estimator an output says; boosted trees of two classes in one layer.

    Args:
        estimators: Fitted, as for `keras_of`.
        x: Symbolic `(batch, d)`.
    """
    if all(is_boosting(e) and len(getattr(e, "classes_", ())) == 2 for e in estimators):
        trees = TreeArrays.beside([tree_arrays(e) for e in estimators])
        return [Converted("log-odds", TreeEnsemble.of(trees)(x))]
    return [part for e in estimators for part in scores_of(e, x)]


def _one_vs_rest(estimator: AnyModel, x: Tensor) -> Converted:
    if len(estimator.estimators_) == 1:
        return scores_of(estimator.estimators_[0], x)[0]
    parts = several_scores(estimator.estimators_, x)
    p = joined([probabilities(part) for part in parts])[:, 1::2]
    return Converted("probabilities", p) if estimator.multilabel_ else _normalised(p)


def _mean(estimators: list[Any], weights: ArrayLike | None, x: Tensor) -> Converted:
    share = np.ones(len(estimators)) if weights is None else np.asarray(weights, np.float64)
    share = share / share.sum()
    all_p = [joined([probabilities(part) for part in scores_of(e, x)]) for e in estimators]
    return Converted("probabilities", sum(float(w) * p for w, p in zip(share, all_p, strict=True)))


def _calibrated(estimator: AnyModel, x: Tensor) -> Converted:
    if estimator.method != "sigmoid":
        raise EstimatorError(
            f"CalibratedClassifierCV(method={estimator.method!r}) cannot become a network: "
            "expected method='sigmoid'."
        )
    total: Tensor = 0.0
    for fitted in estimator.calibrated_classifiers_:
        part = scores_of(fitted.estimator, x)[0]
        z = part.tensor
        if part.kind == "probabilities" and z.shape[1] == 2:
            z = z[:, 1:]
        a = np.asarray([c.a_ for c in fitted.calibrators], np.float64)
        b = np.asarray([c.b_ for c in fitted.calibrators], np.float64)
        p = ops.sigmoid(dense(z, np.diag(-a), -b))
        binary = p.shape[1] == 1
        p = ops.concatenate([1 - p, p], axis=-1) if binary else _normalised(p).tensor
        total = total + p / len(estimator.calibrated_classifiers_)
    return Converted("probabilities", total)
