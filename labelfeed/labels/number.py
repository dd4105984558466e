"""A number as a label: the ranges that stand for it, and what a distribution over them says."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np

from labelfeed.labels.ranges import check_edges, quantile_edges, range_names
from labelfeed.types import ArrayLike

__all__ = ["RANGES", "NumberRanges"]

RANGES = 5
"""Ranges of a number, with about as many training rows each."""

_EIGHTHS = np.linspace(0, 1, 9)


@dataclasses.dataclass(frozen=True)
class NumberRanges:
    """Ranges of a number, and the training rows in each.

    Args:
        name: Name of the column.
        edges: Cut points, rising; each belongs to the range above it.
        means: Mean of the training rows in each range; empty where nobody has counted them.
        spreads: Their standard deviation in each range, >= 0.
        inner: For each range the smallest of them, the eighths, and the largest.

    References:
        Imani and White 2018, Improving regression performance with distributional losses.

    Example:
        >>> age = NumberRanges.of(np.array([20.0, 30, 40, 70]), "age", [35])
        >>> age.edges, age.means, age.spreads
        ((35.0,), (25.0, 55.0), (5.0, 15.0))
        >>> mean, spread = age.mean_and_spread(np.array([[0.5, 0.5]]))
        >>> mean.tolist(), spread.round(2).tolist()
        ([40.0], [18.71])
    """

    name: str
    edges: tuple[float, ...]
    means: tuple[float, ...] = ()
    spreads: tuple[float, ...] = ()
    inner: tuple[tuple[float, ...], ...] = ()

    def __post_init__(self) -> None:
        """Check that there is a mean and a spread for each range, and that all are numbers."""
        object.__setattr__(self, "edges", check_edges(self.edges))
        ranges = (len(self.edges) + 1) * bool(self.means)
        shapes = {"means": (ranges,), "spreads": (ranges,), "inner": (ranges, len(_EIGHTHS))}
        for field, shape in shapes.items():
            values = np.array(getattr(self, field), np.float64).reshape(-1, *shape[1:])
            if values.shape != shape or not np.isfinite(values).all():
                what = f"the number {self.name!r} of {len(self.edges) + 1} ranges"
                raise ValueError(f"{what} needs finite {field} of shape {shape}.")
            object.__setattr__(self, field, _tuples(values.tolist()))
        if any(s < 0 for s in self.spreads) or np.any(np.diff(np.array(self.inner)) < 0):
            raise ValueError(f"the number {self.name!r} has a negative spread, or falling numbers.")

    @classmethod
    def of(cls, values: ArrayLike, name: str, ranges: int | Sequence[float] = RANGES) -> Self:
        """Return the ranges of numbers.

        Args:
            values: Numbers of the training rows `(n,)`; NaN is left out.
            name: Name of the column.
            ranges: How many, with about as many rows each, >= 2; or the cut points.

        Raises:
            ValueError: There are no two different numbers, or an impossible number of ranges.
        """
        numbers = np.asarray(values, np.float64).reshape(-1)
        numbers = numbers[np.isfinite(numbers)]
        if isinstance(ranges, int) and ranges < 2:
            raise ValueError(f"ranges must be two or more, or cut points, got {ranges}.")
        edges = quantile_edges(numbers, ranges) if isinstance(ranges, int) else check_edges(ranges)
        if not edges or not len(numbers):
            raise ValueError(f"{name!r} has no two different numbers to make ranges of.")
        place = np.searchsorted(edges, numbers, side="right")
        ends = min(numbers.min(), edges[0]), max(numbers.max(), edges[-1])
        means, spreads, inner = [], [], []
        for k, (low, high) in enumerate(zip((ends[0], *edges), (*edges, ends[1]), strict=True)):
            own = numbers[place == k]
            own = own if len(own) else np.linspace(low, high, 100)  # nobody is there: anywhere
            means.append(float(own.mean()))
            spreads.append(float(own.std()))
            inner.append(tuple(np.quantile(own, _EIGHTHS).tolist()))
        return cls(name, edges, tuple(means), tuple(spreads), tuple(inner))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the ranges, lowest first."""
        return range_names(self.edges)

    def ids(self, numbers: ArrayLike) -> np.ndarray:
        """Return the range of each number `(n,)`, int32; -1 of NaN."""
        numbers = np.asarray(numbers, np.float64)
        place = np.searchsorted(self.edges, numbers, side="right")
        return np.where(np.isnan(numbers), -1, place).astype(np.int32)

    def mean_and_spread(self, probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and standard deviation of the number, `(n,)` each.

        `mean = sum_k p_k m_k`, `spread^2 = sum_k p_k (s_k^2 + m_k^2) - mean^2`.

        Args:
            probabilities: Of the ranges, `(n, ranges)`.

        Raises:
            ValueError: The ranges have no means, as those of `LabelSpec.ranges`.
        """
        p, means = self._shares(probabilities), np.array(self.means)
        mean = p @ means
        variance = p @ np.square(self.spreads) + (p * np.square(means - mean[:, None])).sum(axis=1)
        return mean, np.sqrt(variance)

    def quantile(self, probabilities: np.ndarray, share: float) -> np.ndarray:
        """Return the number `(n,)` below which it lies with chance `share`, in (0, 1).

        In a range it lies as the training rows there do.

        Args:
            probabilities: Of the ranges, `(n, ranges)`.
            share: The chance.
        """
        p = self._shares(probabilities)
        upper = p.cumsum(axis=1)
        k = np.minimum((upper < share).sum(axis=1), p.shape[1] - 1)
        at = np.arange(len(p))
        inside = (share - (upper[at, k] - p[at, k])) / np.maximum(p[at, k], 1e-12)
        eighths = np.clip(inside, 0.0, 1.0) * (len(_EIGHTHS) - 1)
        first = np.minimum(eighths.astype(int), len(_EIGHTHS) - 2)
        low, high = (np.array(self.inner)[k, first + step] for step in (0, 1))
        return low + (eighths - first) * (high - low)

    def _shares(self, probabilities: np.ndarray) -> np.ndarray:
        if not self.means:
            raise ValueError(
                f"the ranges of {self.name!r} have no means: make them of numbers, "
                "LabelSpec.number(values)."
            )
        p = np.asarray(probabilities, np.float64)
        return p / np.maximum(p.sum(axis=1, keepdims=True), 1e-12)

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON types; `from_json` is its inverse."""
        lists = {key: list(value) for key, value in vars(self).items() if key != "name"}
        return {"name": self.name, **lists, "inner": [list(own) for own in self.inner]}

    @classmethod
    def from_json(cls, config: Mapping[str, Any]) -> Self:
        """Return the ranges that `to_json` described."""
        lists = {key: _tuples(value) for key, value in config.items() if key != "name"}
        return cls(name=config["name"], **lists)


def _tuples(values: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(tuple(v) if isinstance(v, list) else v for v in values)
