"""A mean with its t-interval: over seeds, or over rows where a difference is paired by row."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from scipy import stats

from labelfeed.results import Result
from labelfeed.types import ArrayLike

__all__ = ["Interval", "interval_of"]


@dataclasses.dataclass(frozen=True)
class Interval(Result):
    """A mean over paired seeds (or rows) with its t-interval.

    Args:
        mean: Mean over the seeds.
        low: Lower end; NaN with one seed, which says nothing of the spread.
        high: Upper end; NaN with one seed.
        wins: Seeds in which the value is above zero (of use for differences).
        seeds: Number of seeds.

    Example:
        >>> gain = Interval(0.1, 0.05, 0.15, wins=5, seeds=5)
        >>> str(gain), f"{gain.scaled(100):+.0f}"
        ('0.100 [0.050, 0.150]', '+10 [+5, +15]')
    """

    mean: float
    low: float
    high: float
    wins: int
    seeds: int

    @property
    def half(self) -> float:
        """Half of the width; NaN with one seed."""
        return (self.high - self.low) / 2

    def scaled(self, factor: float) -> Interval:
        """Return the interval in another unit, as in points of a hundred; `factor` is above 0."""
        mean, low, high = (factor * v for v in (self.mean, self.low, self.high))
        return Interval(mean, low, high, self.wins, self.seeds)

    def __format__(self, spec: str) -> str:
        """Return the mean and both ends, each in the given format; `.3f` without one."""
        mean, low, high = (format(v, spec or ".3f") for v in (self.mean, self.low, self.high))
        return f"{mean} [{low}, {high}]"

    def __str__(self) -> str:
        """Return the mean and both ends with three decimals."""
        return format(self, "")


def interval_of(values: ArrayLike, confidence: float = 0.95) -> Interval:
    """Return the mean of some values and its t-interval; for paired differences, count the wins.

    `half = t(n - 1, (1 + confidence) / 2) * s / sqrt(n)`, with `s` the standard deviation of the
    `n` values.

    Args:
        values: One figure a seed `(n,)`, at least one; for a paired comparison the differences.
        confidence: Of the interval, in (0, 1).

    Raises:
        ValueError: There is no value.

    References:
        Student 1908, The probable error of a mean.

    Example:
        >>> str(interval_of([0.90, 0.91, 0.92]))
        '0.910 [0.885, 0.935]'
    """
    array = np.asarray(values, dtype=np.float64)
    if not array.size:
        raise ValueError("interval_of needs at least one value, got none.")
    mean, count, half = float(array.mean()), array.size, math.nan
    if count > 1:
        error = float(array.std(ddof=1)) / math.sqrt(count)
        half = float(stats.t.ppf((1 + confidence) / 2, count - 1)) * error
    return Interval(mean, mean - half, mean + half, int((array > 0).sum()), count)
