"""The noise matrix of a label: how often each true class is written as each class."""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.noise.errors import NoiseError
from labelfeed.types import ArrayLike

__all__ = [
    "anchor_matrix",
    "checked_matrix",
    "confident_joint",
    "counted_joint",
    "first_matrix",
    "shrunk_matrix",
    "surest_rates",
]

_STRENGTHS = (1, 2, 4, 8, 16, 32, 64, 128, 256)  # rows that the common shape of the noise counts as
_LEAST = 1e-6
_HALF = 0.5  # of the confident rows are counted
_PRIOR = 20  # rows that the rate of the half counts as, for that of the eighth


def checked_matrix(matrix: ArrayLike, classes: int) -> np.ndarray:
    """Return a noise matrix as float64 `(classes, classes)`: rows true, columns given.

    Raises:
        NoiseError: It has another shape, or a row is no probability of each given class.

    Example:
        >>> checked_matrix([[0.9, 0.1], [0, 1]], 2).tolist()
        [[0.9, 0.1], [0.0, 1.0]]
    """
    try:
        found = np.asarray(matrix, np.float64)
    except (TypeError, ValueError) as error:
        raise NoiseError(f"A noise matrix is made of numbers: {error}.") from error
    if found.shape != (classes, classes):
        raise NoiseError(
            f"A noise matrix of {classes} classes has shape ({classes}, {classes}), a row for each "
            f"true class and a column for each given one; got {found.shape}."
        )
    sums = found.sum(axis=1)
    bad = np.flatnonzero(~(np.abs(sums - 1) <= 1e-4) | (found < 0).any(axis=1))
    if bad.size:
        row = int(bad[0])
        shown = ", ".join(f"{v:g}" for v in found[row, :6]) + (", ..." if classes > 6 else "")
        raise NoiseError(
            f"Row {row} of the noise matrix is [{shown}], which sums to {sums[row]:g}: each row "
            "holds P(given | true), numbers >= 0 that sum to 1. If columns do, give its transpose."
        )
    return found / sums[:, None]


def counted_joint(true: ArrayLike, given: ArrayLike, classes: int) -> np.ndarray:
    """Return how many rows have each true and each given class, `(classes, classes)`.

    Args:
        true: Class ids `(n,)` that somebody has verified, -1 where nobody has.
        given: Class ids `(n,)`, -1 where unknown.
        classes: Number of classes.

    Example:
        >>> counted_joint([0, 0, 1, -1], [0, 1, 1, 1], 2).tolist()
        [[1.0, 1.0], [0.0, 1.0]]
    """
    first, second = np.asarray(true), np.asarray(given)
    if first.shape != second.shape or first.ndim != 1:
        raise NoiseError(
            f"True and given classes are (n,) each, got {first.shape} and {second.shape}."
        )
    both = (first != UNKNOWN) & (second != UNKNOWN)
    counts = np.zeros((classes, classes))
    np.add.at(counts, (first[both], second[both]), 1.0)
    return counts


def confident_joint(probabilities: np.ndarray, given: np.ndarray, share: float = 1.0) -> np.ndarray:
    """Return the confident joint: rows true class, columns given class, counts of rows.

    A row counts as true class i where its probability of i is at least the mean of the rows that
    are given i (where several are: the most probable of these). With a share of 1, counts are
    scaled to how often each class is given.

    Args:
        probabilities: Out-of-fold probabilities `(n, C)` of the classes as they are given.
        given: Class ids `(n,)`, -1 where unknown.
        share: Share of each class's rows, the most probable ones, that are counted, in (0, 1].
            Less than 1 makes anchors of them, among which fewer are merely hard.

    References:
        Northcutt, Jiang and Chuang 2021, Confident learning.

    Example:
        >>> p = np.array([[0.9, 0.1], [0.8, 0.2], [0.9, 0.1], [0.1, 0.9], [0.2, 0.8]])
        >>> confident_joint(p, np.array([0, 0, 1, 1, 1])).round(1).tolist()
        [[2.0, 1.0], [0.0, 2.0]]
    """
    known = given != UNKNOWN
    p, ids = probabilities[known], given[known]
    classes = p.shape[1]
    often = np.bincount(ids, minlength=classes)
    own = np.zeros(classes)
    np.add.at(own, ids, p[np.arange(len(ids)), ids])
    threshold = np.where(often > 0, own / np.maximum(often, 1), np.inf)
    sure = np.where(p >= threshold, p, -1.0)
    taken = sure.max(axis=1, initial=-1.0) >= 0
    true = np.where(taken, sure.argmax(axis=1), UNKNOWN)
    if share < 1:
        true = _surest(true, p, share)
    counts = counted_joint(true, ids, classes)
    if share < 1:
        return counts
    scale = often / np.maximum(counts.sum(axis=0), 1e-12)
    return counts * np.where(counts.sum(axis=0) > 0, scale, 0.0)


def first_matrix(probabilities: np.ndarray, given: np.ndarray) -> np.ndarray:
    """Return the noise matrix of the rows that are surest, and so least likely to be merely hard.

    Its shape is that of the confident joint of the surest half of the confident rows, its rate that
    of the surest eighth (`surest_rates`), shrunk by `shrunk_matrix`.

    Args:
        probabilities: Out-of-fold probabilities `(n, C)` of the classes as they are given.
        given: Class ids `(n,)`, -1 where unknown.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> true = rng.integers(0, 2, 2000)
        >>> given = np.where(rng.random(2000) < 0.2, 1 - true, true)
        >>> first_matrix(np.array([[0.8, 0.2], [0.2, 0.8]])[true], given).round(1).tolist()
        [[0.8, 0.2], [0.2, 0.8]]
    """
    counts = confident_joint(probabilities, given, _HALF)
    often = np.bincount(given[given != UNKNOWN], minlength=len(counts))
    half, top, rows = surest_rates(probabilities, given)
    if half > 0:
        rate = (top * rows + half * _PRIOR) / (rows + _PRIOR)
        wrong = counts * (1 - np.eye(len(counts))) * min(rate / half, 1.0)
        counts = wrong + np.diag(counts.sum(axis=1) - wrong.sum(axis=1))
    return shrunk_matrix(counts, often / max(often.sum(), 1))


def surest_rates(probabilities: np.ndarray, given: np.ndarray) -> tuple[float, float, int]:
    """Return how often the given class differs among the surest half, and the surest eighth.

    Noise that depends on the class alone is as frequent among the surest rows as elsewhere;
    differences that come from hard cases become rarer the surer the rows are.

    Args:
        probabilities: Out-of-fold probabilities `(n, C)` of the classes as they are given.
        given: Class ids `(n,)`, -1 where unknown.

    Returns:
        The rate of the half, that of the eighth, and the rows of the eighth.
    """
    found = []
    for share in (_HALF, _HALF / 4):
        counts = confident_joint(probabilities, given, share)
        rows = float(counts.sum())
        found.append((1 - float(np.trace(counts)) / max(rows, 1.0) if rows else 0.0, rows))
    return found[0][0], found[1][0], int(found[1][1])


def _surest(true: np.ndarray, p: np.ndarray, share: float) -> np.ndarray:
    """Return the classes of the rows that have the most probable share of each, else -1."""
    kept = np.full_like(true, UNKNOWN)
    for c in range(p.shape[1]):
        rows = np.flatnonzero(true == c)
        count = int(np.ceil(share * len(rows)))
        kept[rows[np.argsort(-p[rows, c], kind="stable")[:count]]] = c
    return kept


def anchor_matrix(probabilities: np.ndarray, share: float = 0.03) -> np.ndarray:
    """Return the noise matrix by anchor points: mean probabilities where class i is most probable.

    Where x certainly belongs to class i, `P(given | x)` is row i of the noise matrix.

    Args:
        probabilities: Out-of-fold probabilities `(n, C)` of the classes as they are given.
        share: Share of the rows, in (0, 1], that are the anchors of a class; at least 3 rows.

    References:
        Patrini et al. 2017, Making deep neural networks robust to label noise: a loss correction
        approach.

    Example:
        >>> p = np.repeat([[0.7, 0.3], [0.1, 0.9]], 50, axis=0)
        >>> anchor_matrix(p).round(2).tolist()
        [[0.7, 0.3], [0.1, 0.9]]
    """
    if not 0 < share <= 1:
        raise NoiseError(f"The share of anchors must be in (0, 1], got {share!r}.")
    count = min(max(round(share * len(probabilities)), 3), len(probabilities))
    most = np.argsort(-probabilities, axis=0, kind="stable")[:count]
    found: np.ndarray = np.stack([probabilities[rows].mean(axis=0) for rows in most.T])
    return found / found.sum(axis=1, keepdims=True)


def shrunk_matrix(counts: np.ndarray, frequency: np.ndarray) -> np.ndarray:
    """Return the noise matrix of counts, shrunk towards one rate of noise for all classes.

    A Dirichlet prior whose mean keeps the class with the rate of all rows together, and errs to the
    others as often as these are given; its strength is that of the largest marginal likelihood
    (empirical Bayes). Noise that strikes all classes alike is estimated from all of them, pair
    flips from each class by itself, and a class without rows takes the mean.

    Args:
        counts: `(C, C)` >= 0, rows true and columns given.
        frequency: `(C,)`, how often each class is given.

    Example:
        >>> counts = np.array([[36.0, 4.0], [1.0, 59.0]])
        >>> shrunk_matrix(counts, np.array([0.4, 0.6])).round(2).tolist()
        [[0.93, 0.07], [0.04, 0.96]]
    """
    classes = len(counts)
    kept = (np.trace(counts) + 1) / (counts.sum() + 2)
    base = np.repeat(np.maximum(frequency, _LEAST)[None], classes, axis=0)
    np.fill_diagonal(base, 0.0)
    base *= (1 - kept) / base.sum(axis=1, keepdims=True)
    np.fill_diagonal(base, kept)
    base = np.maximum(base, _LEAST)
    best = max(_STRENGTHS, key=lambda strength: _evidence(counts, strength * base))
    found: np.ndarray = counts + best * base
    return found / found.sum(axis=1, keepdims=True)


def _evidence(counts: np.ndarray, prior: np.ndarray) -> float:
    """Return the log likelihood of counts whose rows are Dirichlet-multinomial."""
    total, rows = prior.sum(axis=1), counts.sum(axis=1)
    cells = (gammaln(prior + counts) - gammaln(prior)).sum(axis=1)
    return float((gammaln(total) - gammaln(total + rows) + cells).sum())
