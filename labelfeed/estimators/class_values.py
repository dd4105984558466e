"""Labels as scikit-learn's users give them, without a spec: class values kept as they are."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
from sklearn.exceptions import DataConversionWarning
from sklearn.utils.multiclass import check_classification_targets

from labelfeed.estimators.errors import EstimatorError
from labelfeed.estimators.inputs import encoded_labels
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.types import Labels, MissingLabel

__all__ = ["classes_of", "labels_and_spec", "spec_of_labels", "value_ids"]


def spec_of_labels(y: Labels, missing: MissingLabel) -> tuple[LabelSpec, np.ndarray | None]:
    """Return what labels are that come without a spec, and their class values.

    Args:
        y: A vector of classes, of any type that sorts; or a matrix or table of yes/no labels. A
            matrix of one column is a vector.
        missing: What stands for an unknown class in a vector, beside NaN and `None`.

    Returns:
        The spec, and the sorted class values `(classes,)` of a vector, else `None`.

    Raises:
        EstimatorError: It has another shape, or a vector has fewer than two classes.
        ValueError: Its values are no classes, but numbers of a scale.

    Example:
        >>> spec, values = spec_of_labels([30, 7, None], missing=np.nan)
        >>> spec.names, values.tolist()
        (('7', '30'), [7, 30])
    """
    if y is None:
        raise EstimatorError("LabelFedClassifier requires y to be passed, but the target y is None")
    array = _vector(y)
    if array.ndim == 2:
        names = getattr(y, "columns", None)
        labels = array.shape[1] if names is None else [str(name) for name in names]
        return LabelSpec.multi(labels), None
    if array.ndim != 1:
        raise EstimatorError(f"y must be (n,) or (n, labels), got shape {array.shape}.")
    kept = array[~_unknown(array, missing)]
    if len(kept):
        kept = np.array(kept.tolist())  # objects become the type that they are
        check_classification_targets(kept)
    classes = np.unique(kept)
    if len(classes) < 2:
        raise EstimatorError(
            f"y needs at least two classes, got {len(classes)} class of {len(array)} rows "
            f"(n_samples={len(array)}): {classes.tolist()}."
        )
    if classes.dtype.kind in "iuf" and (classes == UNKNOWN).any() and len(classes) > 2:
        warnings.warn(
            "y holds -1 beside other classes, and it is taken for a class. If it means unknown, "
            "say LabelFedClassifier(missing_label=-1).",
            UserWarning,
            stacklevel=3,
        )
    return LabelSpec.single([str(value) for value in classes.tolist()]), classes


def value_ids(y: Labels, classes: np.ndarray, missing: MissingLabel) -> np.ndarray:
    """Return the places of class values among those of training, -1 where unknown.

    Args:
        y: A vector of classes.
        classes: Those of training, sorted.
        missing: As for `spec_of_labels`.

    Raises:
        EstimatorError: A value is none of the classes.

    Example:
        >>> value_ids(["b", None, "a"], np.array(["a", "b"]), None).tolist()
        [1, -1, 0]
    """
    array = _vector(y)
    where = {value: at for at, value in enumerate(classes.tolist())}
    ids = np.full(len(array), UNKNOWN)
    for at in np.flatnonzero(~_unknown(array, missing)):
        value = array[at].item() if isinstance(array[at], np.generic) else array[at]
        if value not in where:
            raise EstimatorError(f"Row {at}: got {value!r}; expected one of {classes.tolist()}.")
        ids[at] = where[value]
    return ids


def classes_of(spec: LabelSpec, values: np.ndarray | None) -> Any:
    """Return the classes as scikit-learn wants them: of several labels a list, one for each."""
    if values is not None:
        return values
    if spec.kind == "single":
        return np.array([spec.name_of(i) for i in range(spec.num_classes)])
    return [
        np.array(column.names) if column.of_classes else np.array([0, 1])
        for column in spec.label_columns
    ]


def labels_and_spec(
    y: Labels, spec: LabelSpec | None, missing: MissingLabel = UNKNOWN
) -> tuple[LabelSpec, np.ndarray, np.ndarray | None]:
    """Return the spec, labels as int `(n, places)` of 1, 0, -1, and the class values of a vector.

    Args:
        y: What `spec.encode` takes, or without a spec what `spec_of_labels` takes.
        spec: What the labels are, or `None`.
        missing: What stands for an unknown class of a vector, where there is no spec.

    Raises:
        EstimatorError: There is no spec, and y has fewer than two classes or another shape.
        LabelError: A label does not fit the spec.

    Example:
        >>> spec, states, values = labels_and_spec(["b", "a", None], None)
        >>> spec.names, states.tolist()
        (('a', 'b'), [[0, 1], [1, 0], [-1, -1]])
    """
    if spec is not None:
        return spec, encoded_labels(y, spec), None
    spec, classes = spec_of_labels(y, missing)
    if classes is None:
        return spec, encoded_labels(y, spec), None
    return spec, spec.label_columns[0].labels(value_ids(y, classes, missing)), classes


def _vector(y: Labels) -> np.ndarray:
    """Return labels as an array; what is a matrix of one column as a vector, with a warning."""
    array = np.asarray(y)
    if array.ndim == 2 and array.shape[1] == 1:
        warnings.warn(
            "A column-vector y was passed when a 1d array was expected. Please change the shape "
            "of y to (n_samples,), for example using ravel().",
            DataConversionWarning,
            stacklevel=4,
        )
        return array[:, 0]
    return array


def _unknown(array: np.ndarray, missing: MissingLabel) -> np.ndarray:
    """Return which values of a vector stand for unknown."""
    if array.dtype.kind in "iub" and (missing is None or missing != missing):
        return np.zeros(len(array), bool)
    values = array.tolist()
    return np.array([v is None or v is pd.NA or v != v or v == missing for v in values], bool)
