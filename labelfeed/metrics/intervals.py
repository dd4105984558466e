"""The t-interval of a mean over seeds: NumPy and SciPy alone."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy import stats

__all__ = ["t_interval"]


def t_interval(
    values: Sequence[float] | np.ndarray, confidence: float = 0.95
) -> tuple[float, float]:
    """Return the mean of some values and the half width of its t-interval.

    `half = t(n - 1, (1 + confidence) / 2) * s / sqrt(n)`, with `s` the standard deviation of the
    `n` values. For a paired comparison pass the differences.

    Args:
        values: One figure a seed, at least one.
        confidence: Of the interval, in (0, 1).

    Returns:
        Mean and half width; the latter is NaN for one value, which says nothing of the spread.

    Raises:
        ValueError: There is no value.

    References:
        Student 1908, The probable error of a mean.

    Example:
        >>> [round(part, 3) for part in t_interval([0.90, 0.91, 0.92])]
        [0.91, 0.025]
    """
    array = np.asarray(values, dtype=np.float64)
    if not array.size:
        raise ValueError("t_interval needs at least one value, got none.")
    mean, count = float(array.mean()), array.size
    if count == 1:
        return mean, math.nan
    error = float(array.std(ddof=1)) / math.sqrt(count)
    return mean, float(stats.t.ppf((1 + confidence) / 2, count - 1)) * error
