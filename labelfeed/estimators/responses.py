"""What scikit-learn's classifiers give, put into the places of a label column by its classes."""

from __future__ import annotations

import numpy as np

from labelfeed.labels.columns import LabelColumn

__all__ = ["put_scores"]


def put_scores(out: np.ndarray, column: LabelColumn, classes: np.ndarray, raw: np.ndarray) -> None:
    """Write scores of the classes that a model saw into the places of its column.

    A score for two classes is their log-odds: `-s / 2` and `s / 2` of a column of classes. Classes
    that the model did not see keep what stands in `out`, shifted with the mean of the others.

    Args:
        out: `(n, places)` logits, written to.
        column: The label column; its ids are the classes.
        classes: int `(k,)`, the ids of the model's classes, k >= 2.
        raw: `(n,)` or `(n, 1)` for two classes, else `(n, k)`.

    Example:
        >>> out = np.zeros((1, 2))
        >>> put_scores(out, LabelColumn("z", ("a", "b"), (0, 1)), np.array([0, 1]), np.array([3.0]))
        >>> out
        array([[-1.5,  1.5]])
    """
    own = np.asarray(column.places)
    raw = raw.reshape(len(out), -1)
    if not column.of_classes:
        out[:, own[0]] = raw[:, 0]
        return
    if len(classes) == 2 and raw.shape[1] == 1:
        raw = np.concatenate([-raw / 2, raw / 2], axis=1)
    seen = own[np.asarray(classes)]
    shift = np.logaddexp.reduce(out[:, seen], axis=1) - np.logaddexp.reduce(raw, axis=1)
    out[:, seen] = raw + shift[:, None]
    if len(seen) == len(own):
        out[:, own] -= shift[:, None]
