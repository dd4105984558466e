"""From probabilities to the likeliest states of labels, and how many of these are right."""

from __future__ import annotations

import numpy as np

from labelfeed.estimators.column_math import known_columns
from labelfeed.estimators.errors import EstimatorError
from labelfeed.labels.spec import LabelSpec

__all__ = ["likeliest", "share_right"]


def likeliest(p: np.ndarray, spec: LabelSpec) -> np.ndarray:
    """Return the likeliest states, int `(n, places)` of 1 and 0, one class of each column.

    Args:
        p: Probabilities `(n, places)`.
        spec: What the labels are.

    Example:
        >>> likeliest(np.array([[0.2, 0.5, 0.3]]), LabelSpec.single(3)).tolist()
        [[0, 1, 0]]
    """
    out = (p >= 0.5).astype(np.int64)
    for column in spec.label_columns:
        if column.of_classes:
            own = list(column.places)
            out[:, own] = np.arange(len(own)) == p[:, own].argmax(axis=1)[:, None]
    return out


def share_right(
    predicted: np.ndarray,
    y: np.ndarray,
    spec: LabelSpec,
    shown: np.ndarray | None = None,
    weight: np.ndarray | None = None,
) -> float:
    """Return the share of rows of which each label that counts is predicted right.

    Args:
        predicted: Predicted states `(n, places)`, of 1 and 0.
        y: The truth, of 1, 0 and -1; unknown labels do not count, nor rows without any.
        spec: What the labels are.
        shown: Known labels `(n, places)`: what was shown does not count either.
        weight: `(n,)`, of the rows.

    Raises:
        EstimatorError: No row has a label that counts.

    Example:
        >>> y = np.array([[1, 0], [1, -1], [-1, -1]])
        >>> share_right(np.array([[1, 1], [1, 1], [0, 0]]), y, LabelSpec.multi(2))
        0.5
    """
    counts = known_columns(y, spec)
    if shown is not None:
        counts &= ~known_columns(np.where(shown == -1, -1, 1), spec)
    rows = counts.any(axis=1)
    if not rows.any():
        raise EstimatorError("No row has a label that is to be predicted; nothing to score.")
    wrong = [(predicted != y)[:, list(c.places)].any(axis=1) for c in spec.label_columns]
    right = ~(np.stack(wrong, axis=1) & counts)[rows].any(axis=1)
    return float(np.average(right, weights=None if weight is None else weight[rows]))
