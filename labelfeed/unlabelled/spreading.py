"""Probabilities smoothed over a graph of near rows: what rows without a label tell about others."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from sklearn.neighbors import NearestNeighbors

__all__ = ["near_rows", "spread_labels"]

_STEPS = 60


def near_rows(x: np.ndarray, neighbours: int = 5) -> sparse.csr_matrix:
    """Return the graph of each row and its nearest other rows: sparse `(n, n)`, symmetric.

    `D^-1/2 W D^-1/2` with `W = exp(-(distance / median distance)^2)` between rows of which one is
    among the nearest of the other, and 0 elsewhere.

    Args:
        x: Features `(n, d)` on one scale.
        neighbours: How many of each row, >= 1.

    Example:
        >>> graph = near_rows(np.array([[0.0], [0.1], [5.0], [5.1]]), neighbours=1)
        >>> graph.toarray()[0].round(2).tolist()
        [0.0, 1.0, 0.0, 0.0]
    """
    n = len(x)
    count = min(neighbours, n - 1)
    if count < 1:
        return sparse.csr_matrix((n, n))
    distance, other = NearestNeighbors(n_neighbors=count).fit(x).kneighbors()
    unit = float(np.median(distance)) or 1.0
    weight = np.exp(-((distance / unit) ** 2)).ravel()
    graph = sparse.csr_matrix((weight, (np.repeat(np.arange(n), count), other.ravel())), (n, n))
    graph = graph.maximum(graph.T)
    degree = np.asarray(graph.sum(axis=1)).ravel()
    scale = sparse.diags(np.where(degree > 0, degree, 1.0) ** -0.5)
    return (scale @ graph @ scale).tocsr()


def spread_labels(graph: sparse.csr_matrix, start: np.ndarray, alpha: float) -> np.ndarray:
    """Return probabilities smoothed over a graph: `F = alpha S F + (1 - alpha) start`.

    Label spreading that starts from what a model says of the rows without a label, in place of 0.

    Args:
        graph: S, of `near_rows`.
        start: `(n, C)`: one-hot rows where the label is known, probabilities elsewhere.
        alpha: How far neighbours count, in [0, 1): 0 returns `start`.

    Returns:
        `(n, C)`, each row sums to what it did.

    References:
        Zhou et al. 2004, Learning with local and global consistency; Huang et al. 2021, Combining
        label propagation and simple models out-performs graph neural networks.

    Example:
        >>> graph = near_rows(np.array([[0.0], [0.1], [5.0], [5.1]]), neighbours=1)
        >>> start = np.array([[1, 0], [0.5, 0.5], [0, 1], [0.5, 0.5]])
        >>> spread_labels(graph, start, 0.5)[[1, 3]].round(2).tolist()
        [[0.67, 0.33], [0.33, 0.67]]
    """
    if not alpha:
        return start
    found = start
    for _ in range(_STEPS):
        found = alpha * (graph @ found) + (1 - alpha) * start
    return found * (start.sum(axis=1) / np.maximum(found.sum(axis=1), 1e-12))[:, None]
