"""The labelled rows nearest to a row: why a label is doubted, in examples."""

from __future__ import annotations

import numpy as np
from sklearn.neighbors import NearestNeighbors

from labelfeed.labels.encoding import UNKNOWN

__all__ = ["nearest_labelled"]


def nearest_labelled(
    x: np.ndarray, ids: np.ndarray, rows: np.ndarray, count: int = 5
) -> tuple[np.ndarray, np.ndarray]:
    """Return the nearest labelled other rows of some rows, and their distances.

    Args:
        x: Features `(n, d)`, on scales that can be compared.
        ids: Class ids `(n,)`, -1 where unknown.
        rows: Positions `(m,)` of the rows in question.
        count: Neighbours of each, >= 1; fewer where there are fewer labelled rows.

    Returns:
        Positions and Euclidean distances, `(m, k)` each, nearest first.

    Example:
        >>> x = np.array([[0.0], [1.0], [1.5], [9.0]])
        >>> nearest_labelled(x, np.array([0, 1, -1, 0]), np.array([0]), 1)[0].tolist()
        [[1]]
    """
    labelled = np.flatnonzero(ids != UNKNOWN)
    most = min(count + 1, len(labelled))
    far, at = NearestNeighbors(n_neighbors=max(most, 1)).fit(x[labelled]).kneighbors(x[rows])
    found = labelled[at]
    # The row itself is among its neighbours, though not always the first: equal rows are too.
    itself = found == rows[:, None]
    itself[~itself.any(axis=1), -1] = True
    kept = (len(rows), found.shape[1] - 1)
    return found[~itself].reshape(kept), far[~itself].reshape(kept)
