"""Which labels and side labels stand together in rows, and how often: what is asked of none."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.types import JSON

__all__ = ["Combinations"]


@dataclasses.dataclass(frozen=True, eq=False)
class Combinations:
    """The labels of training rows, each combination once.

    Args:
        ids: int32 `(m, k)`: a column for each label column and side label, -1 unknown.
        counts: `(m,)`: how many rows have it.

    Example:
        >>> made = Combinations.of([np.array([0, 0, 1]), np.array([2, 2, 3])])
        >>> made.ids.tolist(), made.counts.tolist()
        ([[0, 2], [1, 3]], [2, 1])
        >>> made.draw(np.array([[1, -1], [-1, 2]]), np.random.default_rng(0)).tolist()
        [[1, 3], [0, 2]]
    """

    ids: np.ndarray
    counts: np.ndarray

    @classmethod
    def of(cls, columns: Sequence[np.ndarray]) -> Combinations:
        """Return those of rows.

        Args:
            columns: Class ids `(n,)` of each label column and side label.
        """
        rows = np.stack([np.asarray(column, np.int32) for column in columns], axis=1)
        return cls(*np.unique(rows, axis=0, return_counts=True))

    @property
    def some_unknown(self) -> np.ndarray:
        """bool `(k,)`: whether some row lacks the label."""
        found: np.ndarray = (self.ids == UNKNOWN).any(axis=0)
        return found

    def draw(self, known: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Return labels for rows, as often as they stand together: int32 `(n, k)`.

        Args:
            known: `(n, k)`: what is asked for, -1 where anything may stand. A combination that no
                training row has stays as it is.
            rng: Draws.
        """
        out = np.array(known, np.int32)
        asked, of = np.unique(out, axis=0, return_inverse=True)
        for place, row in enumerate(asked):
            at = np.flatnonzero(of.ravel() == place)
            told = row != UNKNOWN
            fits = (self.ids[:, told] == row[told]).all(axis=1)
            if told.all() or not fits.any():
                continue
            chances = self.counts[fits] / self.counts[fits].sum()
            out[at] = self.ids[fits][rng.choice(len(chances), len(at), p=chances)]
        return out

    def to_json(self) -> list[list[int]]:
        """Return a list for each combination: its ids, and how many rows have it."""
        found: list[list[int]] = np.column_stack([self.ids, self.counts]).tolist()
        return found

    @classmethod
    def from_json(cls, described: JSON, classes: Sequence[int]) -> Combinations:
        """Return what `to_json` described.

        Args:
            described: The list.
            classes: How many classes each column has.

        Raises:
            ValueError: It is no such list.
        """
        wanted = f"a list of {len(classes)} class ids and a count each"
        try:
            table = np.array(described, np.int64).reshape(len(described), len(classes) + 1)
        except (TypeError, ValueError, OverflowError) as error:
            raise ValueError(f"combinations must be {wanted}") from error
        ids, counts = table[:, :-1], table[:, -1]
        if not len(table) or (counts < 1).any() or (ids < -1).any() or (ids >= classes).any():
            raise ValueError(f"combinations must be {wanted}")
        return cls(ids.astype(np.int32), counts)
