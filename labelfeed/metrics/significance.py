"""Exact tests of the audit: McNemar's test, sign test, permutation test."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from scipy import stats

from labelfeed.results import Result

__all__ = [
    "PairedTest",
    "agreement_test",
    "mcnemar",
    "sign_test",
    "smallest_sample",
]


@dataclasses.dataclass(frozen=True)
class PairedTest(Result):
    """Result of a one-sided paired test.

    Attributes:
        wins: Pairs in which the first condition alone holds (or the difference is positive).
        losses: Pairs in which the second condition alone holds (or the difference is negative).
        p_value: Probability of at least so many wins if both were equally likely.
    """

    wins: int
    losses: int
    p_value: float


def mcnemar(first: np.ndarray, second: np.ndarray) -> PairedTest:
    """Test whether `first` holds more often than `second` on the same rows (exact, one-sided).

    Args:
        first: Boolean array of shape `(n,)`.
        second: Boolean array of shape `(n,)`, the same rows under the other condition.

    Reference: McNemar (1947), "Note on the sampling error of the difference between correlated
    proportions or percentages".
    """
    first, second = np.asarray(first, bool), np.asarray(second, bool)
    wins, losses = int((first & ~second).sum()), int((~first & second).sum())
    return _fair_coin(wins, losses)


def sign_test(differences: np.ndarray) -> PairedTest:
    """Test whether paired differences are positive more often than negative (exact, one-sided).

    Args:
        differences: Float array of shape `(n,)`; zeros and NaN are ties and left out.
    """
    wins, losses = int((differences > 0).sum()), int((differences < 0).sum())
    return _fair_coin(wins, losses)


def agreement_test(
    predicted: np.ndarray,
    fed: np.ndarray,
    known: np.ndarray | None = None,
    *,
    rounds: int = 999,
    seed: int = 0,
) -> tuple[float, float, float]:
    """Test whether predictions agree with the labels that were fed beyond chance.

    The labels are dealt out to the rows anew `rounds` times; the p-value is the share of deals
    (the observed one included) with at least the observed agreement.

    Args:
        predicted: Predicted ids of shape `(n,)`, or `(n, labels)` of 0/1.
        fed: Fed labels in the same shape, themselves a random permutation of the true ones.
        known: Optional boolean array in the same shape: the entries that count.
        rounds: Number of permutations, at least 1.
        seed: Seed of the permutations.

    Returns:
        Observed agreement, mean agreement by chance, p-value.

    Reference: Phipson and Smyth (2010), "Permutation p-values should never be zero".
    """
    predicted, fed = np.asarray(predicted), np.asarray(fed)
    known = np.ones(fed.shape, bool) if known is None else np.asarray(known, bool)
    if not known.any():
        return float("nan"), float("nan"), 1.0
    rng = np.random.default_rng(seed)

    def agreement(order: np.ndarray) -> float:
        counted = known[order]
        return float((predicted == fed[order])[counted].mean())

    observed = agreement(np.arange(len(fed)))
    dealt = np.asarray([agreement(rng.permutation(len(fed))) for _ in range(rounds)])
    as_high = int((dealt >= observed - 1e-12).sum())
    return observed, float(dealt.mean()), (1 + as_high) / (1 + rounds)


def smallest_sample(alpha: float) -> int:
    """Return the least number of pairs with which a one-sided exact test can reach `alpha`.

    Example:
        >>> smallest_sample(0.01)
        7
    """
    return math.ceil(-math.log2(alpha))


def _fair_coin(wins: int, losses: int) -> PairedTest:
    """Test whether there are more wins than a fair coin gives; without any toss p is 1."""
    trials = wins + losses
    p_value = stats.binomtest(wins, trials, 0.5, "greater").pvalue if trials else 1.0
    return PairedTest(wins, losses, float(p_value))
