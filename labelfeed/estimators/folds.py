"""Folds for cross-fitting: stratified over many labels, whole groups together."""

from __future__ import annotations

import numpy as np

from labelfeed.estimators.errors import EstimatorError

__all__ = ["deal_folds"]


def deal_folds(
    y: np.ndarray, count: int = 5, *, groups: np.ndarray | None = None, seed: int = 0
) -> np.ndarray:
    """Return the fold `0..count-1` of each row, with each label's positives spread evenly.

    Iterative stratification: the rarest label first, each of its rows to the fold that lacks it
    most. Rows of one group stay together; a group counts as one row with all of its labels.

    Args:
        y: int array `(n, places)` of 1, 0, -1.
        count: Number of folds, at least 2; not more than there are rows (groups).
        groups: `(n,)` of what says which rows belong together; `None`: each row by itself.
        seed: Seed of the order in which rows are dealt.

    Raises:
        EstimatorError: There are fewer rows or groups than 2.

    References:
        Sechidis, Tsoumakas and Vlahavas 2011, On the stratification of multi-label data.

    Example:
        >>> y = np.array([[1, 0]] * 4 + [[0, 1]] * 4)
        >>> folds = deal_folds(y, 2)
        >>> [int(y[folds == f, 0].sum()) for f in (0, 1)]
        [2, 2]
    """
    y = np.asarray(y)
    if groups is None:
        unit = np.arange(len(y))
    else:
        unit = np.unique(np.asarray(groups), return_inverse=True)[1].ravel()
        if len(unit) != len(y):
            raise EstimatorError(f"groups has {len(unit)} rows; the labels have {len(y)}.")
    units = int(unit.max()) + 1 if len(unit) else 0
    if units < 2:
        what = "row" if groups is None else "group"
        raise EstimatorError(
            f"Cross-fitting needs at least 2 {what}s, one to learn from and one to predict; "
            f"got {units}."
        )
    count = min(count, units)
    present = np.zeros((units, y.shape[1]))
    size = np.bincount(unit, minlength=units).astype(float)
    np.add.at(present, unit, (y == 1).astype(float))
    rng = np.random.default_rng(seed)
    fold = np.full(units, -1)
    room = np.full(count, len(y) / count)
    wanted = np.repeat(present.sum(axis=0)[None] / count, count, axis=0)
    order = rng.permutation(units)
    if groups is not None:
        order = order[np.argsort(-size[order], kind="stable")]  # the large ones while there is room
    for label in np.argsort(present.sum(axis=0), kind="stable"):
        for row in order[(fold[order] < 0) & (present[order, label] > 0)]:
            best = int(np.lexsort((rng.random(count), -room, -wanted[:, label]))[0])
            fold[row] = best
            room[best] -= size[row]
            wanted[best] -= present[row]
    for row in order[fold[order] < 0]:
        fold[row] = best = int(np.argmax(room))
        room[best] -= size[row]
    return fold[unit]
