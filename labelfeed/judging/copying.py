"""Are synthetic rows copies of training rows? Distance to the closest record, and equal rows."""

from __future__ import annotations

import dataclasses

import numpy as np
from sklearn.neighbors import NearestNeighbors

from labelfeed.judging.estimate import Estimate, share_estimate
from labelfeed.results import Result

__all__ = ["Copying", "copying"]

_NEAR = 0.05  # share of real held-out rows that counts as very near to a training row
_TOO_MUCH = 0.05  # excess that chance and duplicates in the data do not explain
_MOST_EQUAL = 0.01


@dataclasses.dataclass(frozen=True)
class Copying(Result):
    """How near synthetic rows are to training rows.

    Attributes:
        nearer: Share of synthetic rows whose nearest real row is a training row, not a held-out
            one; ties count in part.
        expected: That share for rows made without copying: the share of training rows among both.
        near: Share of synthetic rows that are as near to a training row as the nearest 5 % of the
            real held-out rows are.
        near_held_out: That share of the held-out rows: more than 0.05 where many rows are equal.
        equal: Share of synthetic rows equal to a training row.
        equal_held_out: Share of real held-out rows equal to one.
        authenticity: Share of synthetic rows further from their nearest training row than that is
            from the nearest other training row (Alaa et al. 2022).
        median: Median distance of a synthetic row to its nearest training row.
        median_held_out: The same of real held-out rows.
    """

    nearer: Estimate
    expected: float
    near: float
    near_held_out: float
    equal: float
    equal_held_out: float
    authenticity: float
    median: float
    median_held_out: float

    @property
    def excess(self) -> Estimate:
        """`nearer` on a scale on which 0 is no copying and 1 copies alone."""
        low, value, high = (
            (share - self.expected) / (1 - self.expected)
            for share in (self.nearer.low, self.nearer.value, self.nearer.high)
        )
        return Estimate(value, low, high)

    @property
    def copies(self) -> bool:
        """Whether more rows are copies, or nearly, than chance and the data explain."""
        return self.excess.low > _TOO_MUCH or self.equal - self.equal_held_out > _MOST_EQUAL


def copying(train: np.ndarray, held_out: np.ndarray, synthetic: np.ndarray) -> Copying:
    """Return how near synthetic rows are to training rows, beside what real ones are.

    The row that is nearest to a synthetic one among *all* real rows is a training row by chance
    as often as training rows are among them, since nothing but copying can tell the two apart: so
    no training row has to be left out to compare with as many held-out ones. Rows that crowd around
    the same real row tell no more than one, and the interval counts them so (Kish 1965).

    Reference: distance to closest record: Park et al. (2018), Zhao et al. (2021), against a
    held-out split: Platzer and Reutterer (2021).

    Args:
        train: Vectors `(n, d)` of training rows.
        held_out: Vectors `(m, d)` of rows that no generator has seen.
        synthetic: Vectors `(k, d)`.

    Example:
        >>> import numpy as np
        >>> rng = np.random.default_rng(0)
        >>> train, held_out, new = (rng.normal(size=(300, 3)) for _ in range(3))
        >>> copying(train, held_out, new).copies, copying(train, held_out, train).copies
        (False, True)
    """
    of_train = NearestNeighbors(n_neighbors=1).fit(train)
    to_train, nearest = (found[:, 0] for found in of_train.kneighbors(synthetic))
    own = of_train.kneighbors()[0][:, 0]
    beside = of_train.kneighbors(held_out)[0][:, 0]
    of_held_out = NearestNeighbors(n_neighbors=1).fit(held_out)
    to_held_out, other = (found[:, 0] for found in of_held_out.kneighbors(synthetic))
    expected = len(train) / (len(train) + len(held_out))
    tiny = 1e-9 * max(1.0, float(np.abs(train).max(initial=0)))
    ties = np.abs(to_train - to_held_out) <= tiny
    share = float(np.mean(np.where(ties, expected, to_train < to_held_out)))
    real = np.where(to_train < to_held_out, nearest, len(train) + other)
    _, crowds = np.unique(real, return_counts=True)
    independent = len(synthetic) ** 2 / float(np.sum(crowds**2))
    very_near = np.quantile(beside, _NEAR, method="lower") + tiny
    known = set(_keys(train))
    return Copying(
        share_estimate(share * independent, independent),
        expected,
        float((to_train <= very_near).mean()),
        float((beside <= very_near).mean()),
        float(np.mean([key in known for key in _keys(synthetic)])),
        float(np.mean([key in known for key in _keys(held_out)])),
        float((to_train > own[nearest]).mean()),
        float(np.median(to_train)),
        float(np.median(beside)),
    )


def _keys(vectors: np.ndarray) -> list[bytes]:
    rounded = np.round(vectors, 9) + 0.0  # no -0.0
    return [row.tobytes() for row in rounded]
