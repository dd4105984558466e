"""Pseudo-labels of rows without a label: what models say of them, smoothed and sharpened."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from scipy import sparse

from labelfeed.estimators.column_math import probabilities_of
from labelfeed.labels.columns import LabelColumn
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.noise.soft_rows import soft_rows
from labelfeed.unlabelled.spreading import spread_labels

__all__ = ["Smoothing", "choose_smoothing", "pseudo_rows"]

# How far near rows count, and how far what models say of rows without a label: with little trust it
# is label spreading, which starts from the labels alone.
_TRIED = ((0.0, 1.0), (0.5, 1.0), (0.7, 1.0), (0.9, 1.0), (0.9, 0.03), (0.97, 0.03))
_POWERS = (0.7, 1.0, 1.4, 2.0, 2.8, 4.0)
_MOST, _LEAST = 3, 0.05  # classes that a row may be, and how probable the least of them is


@dataclasses.dataclass(frozen=True)
class Smoothing:
    """How pseudo-labels are made: `p ~ spread_labels(start, alpha) ** power`.

    Args:
        alpha: How far near rows count, in [0, 1); 0: not at all.
        trust: What `start` holds where no label is known: that times the models' probabilities.
        power: Above 1 makes the probabilities surer.
        loss: Log loss of held-out labels under it; nats a label.
    """

    alpha: float
    trust: float
    power: float
    loss: float


def choose_smoothing(
    graph: sparse.csr_matrix,
    logits: Sequence[np.ndarray],
    taught: Sequence[np.ndarray],
    y: np.ndarray,
    spec: LabelSpec,
    folds: np.ndarray,
    labelled: np.ndarray,
) -> tuple[Smoothing, list[list[np.ndarray]]]:
    """Return the smoothing of least held-out log loss, and its pseudo-labels.

    Args:
        graph: Of `near_rows`, over all n rows.
        logits: `(n, places)` of the models that did not see a fold, one for each fold; and of those
            that saw all, last.
        taught: The labelled rows that each of them saw.
        y: Labels `(n, places)`, -1 where unknown.
        spec: What the labels are.
        folds: Fold of each labelled row.
        labelled: Which rows these are.

    Returns:
        Smoothing, and for each of `logits` the probabilities `(n, C)` of each label column; known
        labels of the rows taught are themselves.
    """
    columns = spec.label_columns
    said = [probabilities_of(z, spec) for z in logits]
    ids = [c.ids(y[labelled]) for c in columns]
    best: tuple[Smoothing, list[list[np.ndarray]]] | None = None
    for alpha, trust in _TRIED:
        starts = [_starts(p, rows, y, spec, trust) for p, rows in zip(said, taught, strict=True)]
        found = [[spread_labels(graph, start, alpha) for start in part] for part in starts]
        held = [np.zeros((len(labelled), c.num_classes)) for c in columns]
        for fold, part in enumerate(found[:-1]):
            rows = folds == fold
            for at, p in enumerate(part):
                held[at][rows] = p[labelled[rows]]
        for power in _POWERS:
            total = [_loss(_sharper(p, power), own) for p, own in zip(held, ids, strict=True)]
            loss = sum(a for a, _ in total) / max(sum(b for _, b in total), 1)
            if best is None or loss < best[0].loss:
                best = Smoothing(alpha, trust, power, loss), found
    assert best is not None
    smoothing, found = best
    pseudo = []
    for rows, part in zip(taught, found, strict=True):
        sharper = [_sharper(p, smoothing.power) for p in part]
        pseudo.append([_with_labels(p, c, y, rows) for p, c in zip(sharper, columns, strict=True)])
    return smoothing, pseudo


def pseudo_rows(
    pseudo: Sequence[np.ndarray], rows: np.ndarray, spec: LabelSpec, seed: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return which rows to learn from, their labels `(m, places)`, and the weight of each.

    A row stands once for each class that it may be, three at most; its weights sum to 1.

    Args:
        pseudo: Probabilities `(n, C)` of each label column.
        rows: The rows that may be learned from.
        spec: What the labels are.
        seed: As of `soft_rows`.

    Example:
        >>> p = np.array([[1.0, 0.0], [0.3, 0.7], [0.5, 0.5]])
        >>> found = pseudo_rows([p], np.array([0, 1]), LabelSpec.single(2))
        >>> [one.tolist() for one in found]
        [[0, 1, 1], [[1, 0], [1, 0], [0, 1]], [1.0, 0.3, 0.7]]
    """
    few = []
    for p in pseudo:
        q = p[rows]
        least = np.sort(q, axis=1)[:, -min(_MOST, q.shape[1])][:, None]
        q = np.where((q >= least) & (q >= _LEAST), q, 0.0)
        few.append(q / q.sum(axis=1, keepdims=True))
    at, labels, share = soft_rows(few, np.ones((len(rows), len(few)), bool), spec, seed)
    return rows[at], labels, share


def _starts(
    said: np.ndarray, rows: np.ndarray, y: np.ndarray, spec: LabelSpec, trust: float
) -> list[np.ndarray]:
    columns = spec.label_columns
    return [_with_labels(trust * c.probabilities(said), c, y, rows) for c in columns]


def _with_labels(p: np.ndarray, column: LabelColumn, y: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Write the known labels of rows into probabilities of a column, in place; return them."""
    ids = column.ids(y[rows])
    known = ids != UNKNOWN
    p[rows[known]] = np.eye(column.num_classes)[ids[known]]
    return p


def _sharper(p: np.ndarray, power: float) -> np.ndarray:
    q = np.maximum(p, 1e-9) ** power
    return q / q.sum(axis=1, keepdims=True)


def _loss(p: np.ndarray, ids: np.ndarray) -> tuple[float, int]:
    known = np.flatnonzero(ids != UNKNOWN)
    return float(-np.log(np.maximum(p[known, ids[known]], 1e-6)).sum()), len(known)
