"""What a column is to a target: does it determine it, or the target the column? For any values."""

from __future__ import annotations

import dataclasses
from typing import Literal

import numpy as np

from labelfeed.types import ArrayLike

__all__ = ["Relation", "determines", "relation"]

Kind = Literal["same", "fine", "nearly", "coarse", "constant", "many", "unknown", "free"]
_ROWS_PER_VALUE = 5  # fewer on average, and any column would seem to determine the target
_LEAST_ROWS = 20
_NEARLY = 0.995


@dataclasses.dataclass(frozen=True)
class Relation:
    """What a column is to a target.

    Attributes:
        kind: `"same"` (one to one), `"fine"` (each of its values goes with one target), `"nearly"`
            (in 99.5 % of the rows), `"coarse"` (each target goes with one of its values),
            `"constant"`, `"many"` (hardly a value twice: a row number would determine anything),
            `"unknown"` (fewer than 20 rows), or `"free"`.
        rows: Number of rows.
        values: Number of different values of the column.
        determined: Share of rows whose target is the most frequent one of their value; NaN if
            unknown.
    """

    kind: Kind
    rows: int
    values: int
    determined: float


def relation(values: ArrayLike, target: ArrayLike) -> Relation:
    """Return what a column is to a target.

    Args:
        values: Array of shape `(n,)` of any type.
        target: Array of shape `(n,)` of any type.

    Example:
        >>> y = np.arange(60) % 3
        >>> relation(7 - y, y).kind, relation(np.arange(60) % 6, y).kind, relation(y // 2, y).kind
        ('same', 'fine', 'coarse')
    """
    values, target = np.asarray(values), np.asarray(target)
    rows = len(values)
    if rows < _LEAST_ROWS:
        return Relation("unknown", rows, 0, float("nan"))
    if values.dtype.kind == "O":
        values = values.astype(str)
    left, first = np.unique(values, return_inverse=True)
    right, second = np.unique(target, return_inverse=True)
    pairs, counts = np.unique(first.astype(np.int64) * len(right) + second, return_counts=True)
    most = np.zeros(len(left), np.int64)
    np.maximum.at(most, pairs // len(right), counts)
    determined = float(most.sum() / rows)

    def found(kind: Kind) -> Relation:
        return Relation(kind, rows, len(left), determined)

    if len(left) == 1:
        return found("constant")
    if len(left) * _ROWS_PER_VALUE > rows:
        return found("many")
    if len(right) > 1 and len(pairs) == len(left):
        return found("same" if len(pairs) == len(right) else "fine")
    if len(right) > 1 and determined >= _NEARLY:
        return found("nearly")
    return found("coarse" if len(pairs) == len(right) else "free")


def determines(values: ArrayLike, target: ArrayLike, *, both_ways: bool = False) -> bool:
    """Tell whether each value goes with one target only (and, on request, the reverse).

    Args:
        values: Array of shape `(n,)` of any type.
        target: Array of shape `(n,)` of any type.
        both_ways: Ask also that each target goes with one value: a bijection.

    Returns:
        False with fewer than 20 rows, fewer than two targets, or values that hardly repeat (a
        row number would determine anything).
    """
    return relation(values, target).kind in (("same",) if both_ways else ("same", "fine"))
