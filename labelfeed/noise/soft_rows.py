"""Rows repeated so that plain models can learn from labels that are only probable."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec

__all__ = ["soft_rows"]

_LEAST = 0.02  # a class less probable than that is left out
_COPIES = 4  # of a row with several labels


def soft_rows(
    posteriors: Sequence[np.ndarray], known: np.ndarray, spec: LabelSpec, seed: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return which rows to take, their labels `(m, places)`, and the weight of each.

    Learning from them is learning from soft labels: the weights of the copies of a row sum to 1,
    and the share of those with a class is its probability. That is exact for one label column; of
    several, each row has up to four copies, whose labels are spread evenly and in an order of its
    own for each column. Equal copies are one.

    Args:
        posteriors: For each label column `(n, C)`: probabilities of its classes.
        known: bool `(n, columns)`: whether the label of a column was given at all.
        spec: What the labels are.
        seed: Of the order of the copies.

    Example:
        >>> p = np.array([[1.0, 0.0], [0.25, 0.75]])
        >>> rows, labels, weight = soft_rows([p], np.ones((2, 1), bool), LabelSpec.single(2))
        >>> rows.tolist(), labels.tolist(), weight.tolist()
        ([0, 1, 1], [[1, 0], [1, 0], [0, 1]], [1.0, 0.25, 0.75])
    """
    columns = spec.label_columns
    if len(columns) == 1:
        p = np.where(posteriors[0] >= _LEAST, posteriors[0], 0.0)
        p = p / p.sum(axis=1, keepdims=True)
        p[~known[:, 0]] = 0.0
        rows, classes = np.nonzero(p)
        weight = p[rows, classes]
        blank = np.flatnonzero(~known[:, 0])
        rows = np.concatenate([rows, blank])
        classes = np.concatenate([classes, np.full(len(blank), UNKNOWN)])
        weight = np.concatenate([weight, np.ones(len(blank))])
        return rows, columns[0].labels(classes), weight
    rng = np.random.default_rng(seed)
    n = len(known)
    points = (np.arange(_COPIES) + 0.5) / _COPIES
    parts = []
    for at, (column, p) in enumerate(zip(columns, posteriors, strict=True)):
        own = points[rng.permuted(np.tile(np.arange(_COPIES), (n, 1)), axis=1)]
        ends = np.cumsum(p, axis=1)[:, None, :-1]
        ids = (own[:, :, None] > ends).sum(axis=2)
        ids = np.where(known[:, at : at + 1], ids, UNKNOWN)
        parts.append(column.labels(ids.ravel()).reshape(n, _COPIES, -1))
    labels = np.concatenate(parts, axis=2)
    keyed = np.concatenate([np.repeat(np.arange(n), _COPIES)[:, None], _flat(labels)], axis=1)
    found, count = np.unique(keyed, axis=0, return_counts=True)
    return found[:, 0], found[:, 1:], count / _COPIES


def _flat(labels: np.ndarray) -> np.ndarray:
    return labels.reshape(len(labels) * labels.shape[1], -1)
