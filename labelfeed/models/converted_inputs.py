"""Fitted transformers of scikit-learn as layers: what stands before a model in a `Pipeline`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.feature_selection import (
    SelectFromModel,
    SelectKBest,
    SelectPercentile,
    VarianceThreshold,
)
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler
from sklearn.utils.validation import check_is_fitted

from labelfeed.estimators.errors import EstimatorError
from labelfeed.layers.frozen_scaling import FrozenScaling
from labelfeed.types import AnyModel, Tensor

__all__ = ["TRANSFORMERS", "dense", "transformed"]


def dense(x: Tensor, weights: np.ndarray, bias: np.ndarray | float, **kwargs: Any) -> Tensor:
    """Return `x @ weights + bias` by a frozen `Dense` in float32.

    Args:
        x: Symbolic `(batch, d)`.
        weights: `(d, outputs)`.
        bias: `(outputs,)`, or one number.
        **kwargs: `activation`, `name`.
    """
    outputs = weights.shape[1]
    layer = keras.layers.Dense(outputs, dtype="float32", trainable=False, **kwargs)
    out = layer(x)
    layer.set_weights([weights, np.broadcast_to(np.asarray(bias, np.float32), (outputs,))])
    return out


def transformed(transformer: AnyModel, x: Tensor) -> Tensor:
    """Return what a fitted transformer makes of features.

    Args:
        transformer: One of `TRANSFORMERS`, or `"passthrough"`.
        x: Symbolic features `(batch, d)`.

    Raises:
        EstimatorError: It is none of these.
    """
    if transformer is None or transformer == "passthrough":
        return x
    for classes, make in _MAKERS:
        if isinstance(transformer, classes):
            check_is_fitted(transformer)
            return make(transformer, x)
    names = ", ".join(cls.__name__ for cls in TRANSFORMERS)
    raise EstimatorError(
        f"{type(transformer).__name__} cannot become layers. In a Pipeline before the model these "
        f"can: {names}. Transform the features before, and convert the model alone."
    )


def _standard(t: AnyModel, x: Tensor) -> Tensor:
    return _scaled(x, t.mean_ if t.with_mean else 0.0, t.scale_ if t.with_std else 1.0)


def _robust(t: AnyModel, x: Tensor) -> Tensor:
    return _scaled(x, t.center_ if t.with_centering else 0.0, t.scale_ if t.with_scaling else 1.0)


def _min_max(t: AnyModel, x: Tensor) -> Tensor:
    low, high = t.feature_range
    out = _scaled(x, t.data_min_, 1 / t.scale_) + low
    return ops.clip(out, low, high) if t.clip else out


def _max_abs(t: AnyModel, x: Tensor) -> Tensor:
    out = _scaled(x, 0.0, t.scale_)
    return ops.clip(out, -1.0, 1.0) if getattr(t, "clip", False) else out


def _scaled(x: Tensor, centre: np.ndarray | float, scale: np.ndarray | float) -> Tensor:
    """Return `(x - centre) / scale`."""
    layer, width = FrozenScaling(), (x.shape[-1],)
    layer.assign(np.broadcast_to(centre, width), np.broadcast_to(scale, width))
    return layer(x)


def _imputed(t: AnyModel, x: Tensor) -> Tensor:
    statistics = np.asarray(t.statistics_, np.float64)
    if not _is_nan(t.missing_values) or np.isnan(statistics).any():
        raise EstimatorError(
            "This SimpleImputer cannot become layers: expected missing_values=nan and a column "
            "with at least one value each; others are dropped."
        )
    lost = ops.isnan(x)
    out = ops.where(lost, ops.expand_dims(statistics.astype(np.float32), 0), x)
    if not t.add_indicator:
        return out
    flags = _columns(ops.cast(lost, "float32"), t.indicator_.features_)
    return ops.concatenate([out, flags], axis=-1)


def _selected(t: AnyModel, x: Tensor) -> Tensor:
    return _columns(x, np.flatnonzero(t.get_support()))


def _columns(x: Tensor, columns: np.ndarray) -> Tensor:
    return ops.take(x, np.asarray(columns, np.int32), axis=1)


def _pca(t: AnyModel, x: Tensor) -> Tensor:
    scale = np.sqrt(t.explained_variance_) if t.whiten else 1.0
    return dense(_scaled(x, t.mean_, 1.0), t.components_.T / scale, 0.0)


def _svd(t: AnyModel, x: Tensor) -> Tensor:
    return dense(x, t.components_.T, 0.0)


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and np.isnan(value)


_MAKERS: list[tuple[tuple[type, ...], Callable[[AnyModel, Tensor], Tensor]]] = [
    ((StandardScaler,), _standard),
    ((MinMaxScaler,), _min_max),
    ((MaxAbsScaler,), _max_abs),
    ((RobustScaler,), _robust),
    ((SimpleImputer,), _imputed),
    ((VarianceThreshold, SelectKBest, SelectPercentile, SelectFromModel), _selected),
    ((PCA,), _pca),
    ((TruncatedSVD,), _svd),
]
TRANSFORMERS = tuple(cls for classes, _ in _MAKERS for cls in classes)
