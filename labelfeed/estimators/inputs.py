"""Features, labels and weights as the estimators take them, checked."""

from __future__ import annotations

import numpy as np

from labelfeed.estimators.errors import EstimatorError
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.soft import soft_known_of_rows
from labelfeed.labels.spec import LabelSpec
from labelfeed.types import ArrayLike, Labels

__all__ = [
    "checked_features",
    "checked_weight",
    "encoded_known",
    "encoded_labels",
    "labels_and_spec",
]


def checked_features(X: ArrayLike) -> np.ndarray:
    """Return features as float32 `(n, d)`.

    Raises:
        EstimatorError: They are no matrix of finite numbers.
    """
    try:
        with np.errstate(over="ignore"):  # beyond float32 becomes inf, which is refused below
            x = np.asarray(X, np.float32)
    except (TypeError, ValueError) as error:
        raise EstimatorError(
            f"X must be numbers: {error}. Encode columns of words first, for instance with "
            "sklearn.preprocessing.OneHotEncoder."
        ) from error
    if x.ndim != 2:
        raise EstimatorError(f"X must be a matrix (rows, features), got shape {x.shape}.")
    if not x.shape[1]:
        raise EstimatorError("X has no feature; give at least one column.")
    bad = np.argwhere(~np.isfinite(x))
    if len(bad):
        raise EstimatorError(
            f"X has {len(bad)} values that are no finite float32, the first in row {bad[0][0]}, "
            f"column {bad[0][1]}. Fill gaps first, for instance with sklearn.impute.SimpleImputer."
        )
    return x


def labels_and_spec(Y: Labels, spec: LabelSpec | None) -> tuple[LabelSpec, np.ndarray]:
    """Return the spec, and labels as int `(n, places)` of 1, 0, -1.

    Args:
        Y: What `spec.encode` takes; without a spec a matrix or table of yes/no labels, or a vector
            of classes.
        spec: What the labels are, or `None`.

    Raises:
        EstimatorError: There is no spec, and Y has fewer than two classes or another shape.
        LabelError: A label does not fit the spec.

    Example:
        >>> spec, y = labels_and_spec(["b", "a", None], None)
        >>> spec.names, y.tolist()
        (('a', 'b'), [[0, 1], [1, 0], [-1, -1]])
    """
    if spec is None:
        names = getattr(Y, "columns", None)
        values = np.asarray(Y)
        if values.ndim == 2:
            labels = values.shape[1] if names is None else [str(name) for name in names]
            spec = LabelSpec.multi(labels)
        elif values.ndim == 1:
            kept = [v for v in values.tolist() if v is not None and v != UNKNOWN and v == v]
            classes = sorted(set(kept))
            if len(classes) < 2:
                raise EstimatorError(f"Y needs at least two classes, got {classes}.")
            spec = LabelSpec.single([str(c) for c in classes])
            where = {c: i for i, c in enumerate(classes)}
            return spec, _one_hot(np.array([where.get(v, UNKNOWN) for v in values.tolist()]), spec)
        else:
            raise EstimatorError(f"Y must be (n,) or (n, labels), got shape {values.shape}.")
    return spec, encoded_labels(Y, spec)


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
            f"sample_weight must be ({rows},) finite numbers >= 0, not all 0; got shape {w.shape}."
        )
    return w / w.mean()
