"""Numbers as standard normal ones by their quantiles, and back."""

from __future__ import annotations

import dataclasses

import numpy as np
from scipy.special import ndtr, ndtri

__all__ = ["Quantiles"]

_FEW = 100  # different values: each keeps an interval of its own where rows are enough
_ROWS_EACH = 5
_SHARE = 0.005  # of the rows: a value that so many share is an atom
_KNOTS = 400  # of a run of values between atoms
_TAIL = 50  # of them at either end of a run that are all kept: heavy tails
_DEEPEST = 1e-12


@dataclasses.dataclass(frozen=True)
class Quantiles:
    """A distribution function in pieces: `z = Phi^-1(F(value))`, and back.

    Between knots F is linear. A value that many rows share (an atom, such as 0; any whole number
    of a few) has an interval of F of its own, in whose middle it is placed; all of the interval is
    read back as just that value. Spread at random over the interval, atoms of several columns that
    go together come apart: a forest then tells made rows from real ones better (area under the
    curve .71 in place of .64 on mammography, .86 of .84 on letter; 2,500 rows, 1,200 steps, once).

    Args:
        at: Values of F at the knots, in [0, 1], not falling.
        values: Values at the knots, not falling.

    Example:
        >>> made = Quantiles.fit(np.array([0.0, 0, 0, 0, 0, 0, 1.5, 2.5, 9]))
        >>> z = made.encode(np.array([0.0, 2.5]))
        >>> made.decode(z).round(6).tolist()
        [0.0, 2.5]
    """

    at: tuple[float, ...]
    values: tuple[float, ...]

    @classmethod
    def fit(cls, numbers: np.ndarray) -> Quantiles:
        """Learn from numbers `(n,)`, n >= 1, all finite."""
        values, counts = np.unique(np.asarray(numbers, np.float64), return_counts=True)
        n = counts.sum()
        high = np.cumsum(counts) / n
        low = np.concatenate([[0.0], high[:-1]])
        few = len(values) <= _FEW and n >= _ROWS_EACH * len(values)
        atoms = np.full(len(values), few) | (counts >= max(_ROWS_EACH, _SHARE * n))
        at: list[float] = []
        kept: list[float] = []
        edges = np.flatnonzero(np.diff(atoms.astype(int))) + 1
        for run in np.split(np.arange(len(values)), edges):
            if atoms[run[0]]:
                at += np.stack([low[run], high[run]], axis=1).ravel().tolist()
                kept += np.repeat(values[run], 2).tolist()
                continue
            run = run[_thinned(len(run))]
            middle = (low[run] + high[run]) / 2
            at += [float(low[run[0]]), *middle.tolist(), float(high[run[-1]])]
            kept += [float(values[run[0]]), *values[run].tolist(), float(values[run[-1]])]
        return cls(tuple(at), tuple(kept))

    def check(self) -> None:
        """Raise `ValueError` unless the knots are those of a distribution function."""
        at, values = np.array(self.at), np.array(self.values)
        if len(at) != len(values) or len(at) < 2 or at[0] != 0 or abs(at[-1] - 1) > 1e-9:
            raise ValueError("at and values must be as many, and at go from 0 to 1")
        if (np.diff(at) < 0).any() or (np.diff(values) < 0).any():
            raise ValueError("at and values must not fall")

    def encode(self, numbers: np.ndarray) -> np.ndarray:
        """Return float64 `(n,)`, about standard normal over the rows that were learned from.

        Args:
            numbers: `(n,)`, finite; beyond the ends the ends are taken.
        """
        at, values = np.array(self.at), np.array(self.values)
        numbers = np.clip(np.asarray(numbers, np.float64), values[0], values[-1])
        left = np.searchsorted(values, numbers, "left")
        right = np.searchsorted(values, numbers, "right") - 1
        atom = right > left
        low, high = at[left], at[np.maximum(right, left)]
        before = np.maximum(left - 1, 0)
        step = np.where(values[left] > values[before], values[left] - values[before], 1.0)
        part = (numbers - values[before]) / step
        single = at[before] + np.clip(part, 0, 1) * (at[left] - at[before])
        u = np.where(atom, (low + high) / 2, np.where(numbers == values[left], at[left], single))
        return _normal(u)

    def decode(self, z: np.ndarray) -> np.ndarray:
        """Return the numbers `(n,)` of standard normal ones, within those that were seen."""
        found: np.ndarray = np.interp(ndtr(np.asarray(z, np.float64)), self.at, self.values)
        return found


def _normal(u: np.ndarray) -> np.ndarray:
    found: np.ndarray = ndtri(np.clip(u, _DEEPEST, 1 - _DEEPEST))
    return found


def _thinned(count: int) -> np.ndarray:
    """Return which of so many values stay: the tails whole, evenly between them."""
    if count <= _KNOTS:
        return np.arange(count)
    inner = np.linspace(_TAIL, count - 1 - _TAIL, _KNOTS - 2 * _TAIL).round().astype(int)
    ends = [np.arange(_TAIL), np.arange(count - _TAIL, count)]
    return np.unique(np.concatenate([*ends, inner]))
