"""Training rows of rare classes repeated, half of the way to equal shares."""

from __future__ import annotations

import numpy as np

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec

__all__ = ["copies_of_classes", "rare_rows"]

_MOST = 2.0  # times the rows, that the copies make of them
_UP = 0.25  # a class that is a third as frequent as the commonest is taken twice


def copies_of_classes(counts: np.ndarray) -> np.ndarray:
    """Return how often the rows of each class are taken: `sqrt(most frequent / own)`, whole.

    Half of the way, on a log scale, to equal shares (Mahajan et al. 2018): wholly equal ones make a
    model learn a few rows by heart, and the other half is a shift of its logits.

    Args:
        counts: Rows of each class `(C,)`, >= 0; weights count.

    Example:
        >>> copies_of_classes(np.array([900, 300, 100, 0, 9])).tolist()
        [1, 1, 3, 1, 10]
    """
    counts = np.asarray(counts, np.float64)
    there = counts > 0
    ratio = counts.max(initial=0.0) / np.where(there, counts, 1.0)
    copies = np.where(there, np.floor(np.sqrt(ratio) + _UP), 1).astype(int)
    copies = np.maximum(copies, 1)
    while counts @ copies > _MOST * counts.sum() and copies.max() > 1:
        copies = np.minimum(copies, copies.max() - 1)
    return copies


def rare_rows(
    y: np.ndarray, spec: LabelSpec, weight: np.ndarray | None, seed: int
) -> np.ndarray | None:
    """Return which training rows to learn from, those of rare classes several times.

    Of several label columns a row that is rare by one is common by another: those stay as they are,
    and so do rows of which no class is rare, and ranges of a number.

    Args:
        y: Labels `(n, places)` of 1, 0, -1 (unknown).
        spec: What the labels are.
        weight: Of rows `(n,)` or of labels `(n, places)`; `None`: all 1.
        seed: Of the order of the copies.

    Returns:
        Their positions, in any order; `None`: all, once.
    """
    columns = spec.label_columns
    if len(columns) > 1 or columns[0].number is not None:
        return None
    ids = columns[0].ids(y)
    known = ids != UNKNOWN
    w = np.ones(len(ids))
    if weight is not None:
        w = weight.mean(axis=1) if weight.ndim > 1 else weight
    copies = copies_of_classes(np.bincount(ids[known], weights=w[known]))
    if copies.max(initial=1) == 1:
        return None
    at = np.repeat(np.arange(len(ids)), np.where(known, copies[np.maximum(ids, 0)], 1))
    return np.random.default_rng(seed).permutation(at)
