"""Paired differences over resampled splits, which share their rows; several at once."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy import stats

from labelfeed.metrics.intervals import Interval
from labelfeed.types import ArrayLike

__all__ = ["holm", "resampled_interval", "resampled_p"]


def resampled_interval(
    differences: ArrayLike, test_share: float, confidence: float = 0.95
) -> Interval:
    """Return the mean of paired differences over splits, with its corrected t-interval.

    `half = t(J - 1, (1 + confidence) / 2) * s * sqrt(1 / J + test_share / (1 - test_share))`: the
    splits train and test on the same rows again, so that their J differences are no independent
    ones, and the plain t-interval would be several times too narrow.

    Args:
        differences: One a split, `(J,)`.
        test_share: Share of the rows that a split tests on, in (0, 1).
        confidence: Of the interval, in (0, 1).

    Returns:
        The `Interval`; its ends are NaN with fewer than two splits.

    References:
        Nadeau and Bengio 2003, Inference for the generalization error.

    Example:
        >>> f"{resampled_interval([0.01, 0.03, 0.02, 0.02, 0.02], 0.2):.3f}"
        '0.020 [0.007, 0.033]'
    """
    values = np.asarray(differences, np.float64)
    if not values.size:
        raise ValueError("resampled_interval needs at least one difference, got none.")
    mean, half = float(values.mean()), math.nan
    if values.size > 1:
        t = float(stats.t.ppf((1 + confidence) / 2, values.size - 1))
        half = t * _error(values, test_share)
    return Interval(mean, mean - half, mean + half, int((values > 0).sum()), values.size)


def resampled_p(differences: ArrayLike, test_share: float) -> float:
    """Return the one-sided p-value that the mean difference is above zero, corrected likewise.

    Args:
        differences: One a split, `(J,)`; 1 is returned for fewer than two.
        test_share: As for `resampled_interval`.

    Example:
        >>> round(resampled_p([0.01, 0.03, 0.02, 0.02, 0.02], 0.2), 3)
        0.007
    """
    values = np.asarray(differences, np.float64)
    if values.size < 2:
        return 1.0
    error = _error(values, test_share)
    if error == 0:
        return 0.0 if values.mean() > 0 else 1.0
    return float(stats.t.sf(values.mean() / error, values.size - 1))


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values adjusted for their number, so that any below alpha may be claimed.

    References:
        Holm 1979, A simple sequentially rejective multiple test procedure.

    Example:
        >>> holm([0.01, 0.04, 0.03])
        [0.03, 0.06, 0.06]
    """
    adjusted, largest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(np.argsort(p_values, kind="stable")):
        largest = max(largest, min(1.0, (len(p_values) - rank) * float(p_values[place])))
        adjusted[int(place)] = largest
    return adjusted


def _error(values: np.ndarray, test_share: float) -> float:
    ratio = test_share / (1 - test_share)
    return float(values.std(ddof=1)) * math.sqrt(1 / values.size + ratio)
