"""On which side of a split a row stands, told by the row itself: for rows that never meet."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from labelfeed.data.duplicates import find_duplicates, is_identifier, mixed_bits, row_hashes

__all__ = ["RowSides", "sample_ranks"]

_WHOLE = float(2**64)


@dataclasses.dataclass(frozen=True)
class RowSides:
    """Part of each row by a hash of its group, or of its features: equal ones have one part.

    Rows that are equal by chance, or very frequent, are told apart by their number instead, as
    `find_duplicates` says of a sample of them.

    Args:
        columns: Columns of features that make two rows equal.
        group: Column of groups, whose missing cells count for nothing.
        seed: Other seeds, other parts; >= 0.
        by_chance: Whether equal rows tell nothing.
        frequent: Sorted hashes of rows that are very frequent.

    Example:
        >>> rows = pd.DataFrame({"age": [30.5, 41.25, 30.5]})
        >>> RowSides(("age",)).parts(rows, np.arange(3), 0.3, 0.2).tolist()
        [2, 0, 2]
    """

    columns: tuple[str, ...]
    group: str | None = None
    seed: int = 0
    by_chance: bool = False
    frequent: tuple[int, ...] = ()

    @classmethod
    def of(cls, first: pd.DataFrame, features: list[str], group: str | None, seed: int) -> RowSides:
        """Return what the first rows of a file tell: which columns are no identifiers."""
        kept = tuple(name for name in features if not is_identifier(first[name]))
        return cls(kept, group, seed)

    def told(self, sample: pd.DataFrame) -> RowSides:
        """Return the same, knowing from a sample which equal rows tell something."""
        if not self.columns:
            return self
        found = find_duplicates(sample, self.columns)
        hashes = self.hashes(sample)
        values, counts = np.unique(hashes, return_counts=True)
        many = values[counts > max(0.05 * len(sample), 20)] if found.frequent else values[:0]
        return dataclasses.replace(
            self, by_chance=found.by_chance, frequent=tuple(int(v) for v in many)
        )

    def of_pictures(self, pixels: np.ndarray) -> RowSides:
        """Return the same, knowing a sample of pictures, which are never equal by chance."""
        values, counts = np.unique(row_hashes(pixels), return_counts=True)
        many = values[counts > max(0.05 * len(pixels), 20)]
        return dataclasses.replace(self, columns=("pixels",), frequent=tuple(int(v) for v in many))

    def hashes(self, frame: pd.DataFrame) -> np.ndarray:
        """Return uint64 `(n,)`, the same for rows with equal features."""
        return row_hashes(frame, self.columns)

    def telling(self, hashes: np.ndarray) -> np.ndarray:
        """Return which rows would tell something by being equal to another one."""
        if self.by_chance or not self.columns:
            return np.zeros(len(hashes), bool)
        return ~np.isin(hashes, np.array(self.frequent, np.uint64))

    def parts(
        self, frame: pd.DataFrame, numbers: np.ndarray, test: float, validation: float
    ) -> np.ndarray:
        """Return the part of each row: 0 training, 1 test, 2 validation.

        Args:
            frame: Raw rows.
            numbers: Their numbers, counted through all files.
            test: Share of the test part, in [0, 1).
            validation: Share of the validation part, in [0, 1).
        """
        groups = frame[self.group] if self.group in frame.columns else None
        hashes = self.hashes(frame) if self.columns else np.zeros(len(frame), np.uint64)
        return self.parts_of(hashes, groups, numbers, test, validation)

    def parts_of(
        self,
        hashes: np.ndarray,
        groups: pd.Series | None,
        numbers: np.ndarray,
        test: float,
        validation: float,
    ) -> np.ndarray:
        """Return the part of each row as `parts` does.

        Args:
            hashes: uint64 `(n,)`, the same for rows with equal features.
            groups: Group of each row.
            numbers: As for `parts`, and likewise what follows.
            test: Share of the test part.
            validation: Share of the validation part.
        """
        own = mixed_bits(np.asarray(numbers, np.uint64))
        keys = np.where(self.telling(hashes), hashes, own)
        if groups is not None:
            known = groups.notna().to_numpy()
            if groups.dtype.kind not in "iufb":
                known = known & groups.astype(str).str.strip().ne("").to_numpy()
            keys = np.where(known, row_hashes(groups.to_frame("group")), keys)
        share = mixed_bits(keys ^ mixed_bits(np.full(1, self.seed + 1, np.uint64))) / _WHOLE
        part = np.zeros(len(hashes), np.int64)
        part[share < test + validation] = 2
        part[share < test] = 1
        return part


def sample_ranks(numbers: np.ndarray, seed: int) -> np.ndarray:
    """Return a random number for each row number: the least of all are a sample of them."""
    salt = mixed_bits(np.full(1, seed + (1 << 40), np.uint64))
    return mixed_bits(np.asarray(numbers, np.uint64) ^ salt)
