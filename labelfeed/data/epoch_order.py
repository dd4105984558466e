"""The order of rows that stand in groups on disk: a function of seed and epoch, and of no state."""

from __future__ import annotations

import dataclasses

import numpy as np

__all__ = ["EpochOrder"]


@dataclasses.dataclass(frozen=True)
class EpochOrder:
    """In each epoch other groups of rows are mixed with each other, and their rows anew.

    Groups are drawn at random until `mixed` rows are together, a block; the rows of a block are
    shuffled. Two rows that are neighbours in a file so end up far apart, while one block at a time
    is in the memory. Every row comes exactly once in an epoch.

    Args:
        sizes: Rows of each group, >= 1.
        mixed: Rows of a block at least, but for the last; with `shuffle` a block has at least two
            groups.
        seed: Of every epoch's order, >= 0.
        shuffle: Whether to shuffle at all; without, rows come as they stand.

    Example:
        >>> order = EpochOrder((2, 2, 2), mixed=4, seed=0)
        >>> [block.tolist() for block in order.blocks(0)], order.rows(0, 0, 4).tolist()
        ([[2, 0], [1]], [1, 2, 3, 0])
    """

    sizes: tuple[int, ...]
    mixed: int
    seed: int = 0
    shuffle: bool = True

    def blocks(self, epoch: int) -> list[np.ndarray]:
        """Return the numbers of the groups of each block of an epoch, in order.

        Args:
            epoch: From 0.
        """
        groups = np.arange(len(self.sizes))
        if self.shuffle:
            groups = np.random.default_rng([self.seed, epoch]).permutation(groups)
        least = 2 if self.shuffle else 1
        found: list[np.ndarray] = []
        start = rows = 0
        for end, group in enumerate(groups, 1):
            rows += self.sizes[group]
            if rows >= self.mixed and end - start >= least:
                found.append(groups[start:end])
                start, rows = end, 0
        return [*found, groups[start:]] if start < len(groups) else found

    def rows(self, epoch: int, block: int, size: int) -> np.ndarray:
        """Return the order of the `size` rows of a block, `(size,)`."""
        if not self.shuffle:
            return np.arange(size)
        return np.random.default_rng([self.seed, epoch, 1 + block]).permutation(size)
