"""Features, labels and weights as the estimators take them, checked."""

from __future__ import annotations

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import validate_data

from labelfeed.estimators.errors import EstimatorError
from labelfeed.labels.soft import soft_known_of_rows
from labelfeed.labels.spec import LabelSpec
from labelfeed.types import ArrayLike, Labels

__all__ = [
    "checked_features",
    "checked_weight",
    "encoded_known",
    "encoded_labels",
]


def checked_features(X: ArrayLike, estimator: BaseEstimator, *, fitted: bool) -> np.ndarray:
    """Return features as float32 `(n, d)`; a table's column names are kept and compared.

    Args:
        X: Numbers `(n, d)`: an array, a pandas or polars table, nullable types too.
        estimator: Whose features they are.
        fitted: Whether it is fitted: as many features, of the same names, are expected.

    Raises:
        EstimatorError: There are words among them, or they are not finite.
        ValueError: They are no dense matrix, or another number of features.
    """
    checks = {"ensure_all_finite": False, "reset": not fitted, "skip_check_array": False}
    try:
        x = validate_data(estimator, X, dtype="numeric", **checks)
    except ValueError as error:
        if "convert" not in str(error) and "dtype='numeric'" not in str(error):
            raise
        raise EstimatorError(
            f"X must be numbers: {error}. Encode columns of words first, for instance with "
            "sklearn.preprocessing.OneHotEncoder."
        ) from error
    with np.errstate(over="ignore"):  # beyond float32 becomes inf, which is refused below
        x = np.asarray(x, np.float32)
    bad = np.argwhere(~np.isfinite(x))
    if len(bad):
        raise EstimatorError(
            f"X has {len(bad)} values that are no finite float32 (NaN, infinity or beyond 3e38), "
            f"the first in row {bad[0][0]}, column {bad[0][1]}. Fill gaps first, for instance with "
            "sklearn.impute.SimpleImputer."
        )
    return x


def encoded_labels(Y: Labels, spec: LabelSpec) -> np.ndarray:
    """Return labels of a spec as int `(n, places)`; a single label one-hot."""
    return _one_hot(spec.encode(Y), spec)


def encoded_known(known: Labels, rows: int, spec: LabelSpec) -> np.ndarray:
    """Return known labels as int `(rows, places)`, -1 unknown, for one row or for all.

    Where some of several labels are soft (.7) it is float, of probabilities.
    """
    return _one_hot(soft_known_of_rows(known, rows, spec), spec)


def _one_hot(ids: np.ndarray, spec: LabelSpec) -> np.ndarray:
    return spec.label_columns[0].labels(ids) if spec.kind == "single" else ids


def checked_weight(weight: ArrayLike | None, rows: int) -> np.ndarray | None:
    """Return weights `(rows,)` with a mean of 1, or `None`.

    Raises:
        EstimatorError: There is another number of them, or one is negative or not finite.
    """
    if weight is None:
        return None
    w = np.asarray(weight, np.float64)
    if w.shape != (rows,) or not (np.isfinite(w).all() and (w >= 0).all() and w.sum() > 0):
        raise EstimatorError(
            f"sample_weight must be ({rows},) finite numbers >= 0, not every weight zero; got "
            f"shape {w.shape}."
        )
    return w / w.mean()
