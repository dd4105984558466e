"""Scores of the rows with each value of a column by themselves."""

from __future__ import annotations

from typing import Any

import numpy as np

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.probabilities import score

__all__ = ["BY_SCORES", "scores_by_value"]

BY_SCORES = ("accuracy", "balanced_accuracy", "macro_auc", "log_loss", "calibration_error")


def scores_by_value(
    labels: np.ndarray,
    probabilities: np.ndarray,
    spec: LabelSpec,
    words: np.ndarray,
    weights: np.ndarray | None = None,
) -> dict[str, dict[str, Any]]:
    """Return the scores of the rows with each value, JSON types, the most frequent value first.

    Args:
        labels: As for `score`.
        probabilities: As for `score`.
        spec: What the labels are.
        words: Value of each row in words, `(n,)`.
        weights: As for `score`.

    Returns:
        By value `"rows"`, those with a label, and `BY_SCORES`; `None` where there is no score.

    Example:
        >>> p = np.eye(2)[[0, 1, 1]]
        >>> found = scores_by_value(np.array([0, 1, 0]), p, LabelSpec.single(2), np.array([*"aba"]))
        >>> {value: (of["rows"], of["accuracy"]) for value, of in found.items()}
        {'a': (2, 0.5), 'b': (1, 1.0)}
    """
    labels, found = np.asarray(labels), {}
    for value in np.unique(words.astype(str)):
        rows = words.astype(str) == value
        own = score(labels[rows], probabilities[rows], spec,
                    None if weights is None else weights[rows])  # fmt: skip
        if (labels[rows] != UNKNOWN).any():
            scores = {name: getattr(own, name) for name in BY_SCORES}
            found[str(value)] = {"rows": own.rows, **scores}
    return dict(sorted(found.items(), key=lambda item: -item[1]["rows"]))
