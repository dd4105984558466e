"""Folds for cross-fitting: stratified over many labels, whole groups together."""

from __future__ import annotations

import numpy as np

from labelfeed.data.dataset import DataError
from labelfeed.data.folds import group_folds, whole_groups
from labelfeed.estimators.errors import EstimatorError
from labelfeed.types import Cells

__all__ = ["deal_folds"]


def deal_folds(
    y: np.ndarray, count: int = 5, *, groups: Cells | None = None, seed: int = 0
) -> np.ndarray:
    """Return the fold `0..count-1` of each row, as `group_folds` deals them, or fewer folds.

    Args:
        y: int array `(n, places)` of 1, 0, -1.
        count: Number of folds, at least 2; where there are fewer rows or groups, that many.
        groups: `(n,)` of what says which rows belong together; `None`: each row by itself.
        seed: Seed of the order in which rows are dealt.

    Raises:
        EstimatorError: There are fewer than 2 rows or groups, or groups of other rows.

    References:
        Sechidis, Tsoumakas and Vlahavas 2011, On the stratification of multi-label data.

    Example:
        >>> y = np.array([[1, 0]] * 4 + [[0, 1]] * 4)
        >>> folds = deal_folds(y, 2)
        >>> [int(y[folds == f, 0].sum()) for f in (0, 1)]
        [2, 2]
    """
    y = np.asarray(y)
    try:
        units = int(whole_groups(groups, len(y)).max(initial=-1)) + 1
    except DataError as error:
        raise EstimatorError(str(error)) from error
    if units < 2:
        what = "row" if groups is None else "group"
        raise EstimatorError(
            f"Cross-fitting needs at least 2 {what}s, one to learn from and one to predict; "
            f"got {units}."
        )
    return group_folds(y, groups, min(count, units), seed)
