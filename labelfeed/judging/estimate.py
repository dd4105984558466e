"""A figure with its 95 % interval over rows: of shares, of areas under a curve, of differences."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata

from labelfeed.results import Result

__all__ = ["Estimate", "auc_estimate", "mean_recall", "share_estimate"]

_Z = float(ndtri(0.975))


@dataclasses.dataclass(frozen=True)
class Estimate(Result):
    """A figure with the two ends of its 95 % interval.

    Attributes:
        value: The figure.
        low: Lower end.
        high: Upper end.

    Example:
        >>> str(Estimate(0.5, 0.4, 0.6))
        '0.500 [0.400, 0.600]'
    """

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        """Return the figure and both ends with three decimals."""
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"

    def minus(self, other: Estimate) -> Estimate:
        """Return this figure less one of other rows, the two errors added as of independent ones.

        Args:
            other: The other figure.

        Example:
            >>> str(Estimate(0.9, 0.87, 0.93).minus(Estimate(0.8, 0.76, 0.84)))
            '0.100 [0.050, 0.150]'
        """
        value = self.value - other.value
        return Estimate(
            value,
            value - math.hypot(self.value - self.low, other.high - other.value),
            value + math.hypot(self.high - self.value, other.value - other.low),
        )


def share_estimate(successes: float, rows: float) -> Estimate:
    """Return a share of rows with its interval (Wilson 1927).

    Args:
        successes: How many rows have it; ties may count in part.
        rows: How many there are, 1 at least.

    Example:
        >>> str(share_estimate(5, 10)), share_estimate(0, 10).low
        ('0.500 [0.237, 0.763]', 0.0)
    """
    p, z2 = successes / rows, _Z**2
    middle = (p + z2 / (2 * rows)) / (1 + z2 / rows)
    half = _Z / (1 + z2 / rows) * math.sqrt(p * (1 - p) / rows + z2 / (4 * rows**2))
    return Estimate(p, max(min(middle - half, p), 0.0), min(max(middle + half, p), 1.0))


def auc_estimate(positive: np.ndarray, negative: np.ndarray) -> Estimate:
    """Return the area under the ROC curve with its interval.

    Reference: DeLong et al. (1988), in the form of ranks (Sun and Xu 2014).

    Args:
        positive: Scores `(m,)` of the rows that shall score high, 2 at least.
        negative: Scores `(n,)` of the others, 2 at least.

    Example:
        >>> import numpy as np
        >>> str(auc_estimate(np.array([0.6, 0.9, 0.8]), np.array([0.1, 0.2, 0.5])))
        '1.000 [1.000, 1.000]'
    """
    m, n = len(positive), len(negative)
    every = rankdata(np.concatenate([positive, negative]))
    of_positive = (every[:m] - rankdata(positive)) / n
    of_negative = 1 - (every[m:] - rankdata(negative)) / m
    value = float(of_positive.mean())
    spread = of_positive.var(ddof=1) / m + of_negative.var(ddof=1) / n
    half = _Z * math.sqrt(float(spread))
    return Estimate(value, max(value - half, 0.0), min(value + half, 1.0))


def mean_recall(truth: np.ndarray, found: np.ndarray, classes: np.ndarray) -> Estimate:
    """Return the balanced accuracy over some classes, with its interval.

    The recall of each class is a share; the mean of independent shares has the mean of their
    variances over the number of classes, each with one success and one failure added so that a
    perfect class still has a spread.

    Args:
        truth: Classes `(n,)`.
        found: What was found, `(n,)`.
        classes: The classes that count; those without rows do not.

    Example:
        >>> import numpy as np
        >>> truth = np.array([0] * 90 + [1] * 10)
        >>> str(mean_recall(truth, np.zeros(100), np.array([0, 1])))
        '0.500 [0.421, 0.579]'
    """
    rows = np.array([np.sum(truth == c) for c in classes])
    right = np.array([np.sum((truth == c) & (found == c)) for c in classes])
    rows, right = rows[rows > 0], right[rows > 0]
    if not len(rows):
        return Estimate(math.nan, math.nan, math.nan)
    smooth = (right + 1) / (rows + 2)
    half = _Z * math.sqrt(float(np.sum(smooth * (1 - smooth) / (rows + 2)))) / len(rows)
    value = float(np.mean(right / rows))
    return Estimate(value, max(value - half, 0.0), min(value + half, 1.0))
