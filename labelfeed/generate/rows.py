"""Rows of arrays as batches of one size, without end: what a diffusion trains and validates on."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

__all__ = ["CLEAN", "NOISE", "NORMAL", "WEIGHT", "EpochOf", "FixedNoise", "ShuffledRows"]

# Parts of a batch beside the labels, whose inputs have no slash in their names. The weight is one
# of them: TensorFlow takes no None in the place of y.
CLEAN, NOISE, NORMAL, WEIGHT = "/clean", "/noise", "/normal", "/weight"


class ShuffledRows(keras.utils.PyDataset):
    """Batches of one size from rows that are shuffled anew whenever all have been dealt.

    The epoch and the number of a batch tell what is in it, whatever was asked for before: a
    training that goes on after a kill (`Resume`) sees the rows as it would have.

    Args:
        parts: Arrays `(n, ...)` by name.
        weight: Weights `(n,)`, or `None`.
        batch_size: Rows a batch.
        batches: Batches an epoch.
        seed: Of the shuffles.
    """

    def __init__(
        self,
        parts: dict[str, np.ndarray],
        weight: np.ndarray | None,
        batch_size: int,
        batches: int,
        seed: int,
    ) -> None:
        """Keep the arrays."""
        super().__init__()
        self.parts, self.weight, self.batch_size, self.batches = parts, weight, batch_size, batches
        self.seed, self.epoch = seed, 0
        self._rng, self._orders = np.random.default_rng(seed), 0
        self._order = np.empty(0, np.int64)

    def __len__(self) -> int:
        """Return the number of batches an epoch."""
        return self.batches

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        """Return a batch of the present `epoch`."""
        n = len(next(iter(self.parts.values())))
        places = (self.epoch * self.batches + index) * self.batch_size + np.arange(self.batch_size)
        number, place = np.divmod(places, n)
        rows = np.concatenate([self._shuffled(k, n)[place[number == k]] for k in np.unique(number)])
        batch = {key: value[rows] for key, value in self.parts.items()}
        return (batch,) if self.weight is None else ({**batch, WEIGHT: self.weight[rows]},)

    def _shuffled(self, number: int, n: int) -> np.ndarray:
        """Return an order of all rows, by its number, from 0."""
        if number < self._orders - 1:
            self._rng, self._orders = np.random.default_rng(self.seed), 0
        while self._orders <= number:
            self._order, self._orders = self._rng.permutation(n), self._orders + 1
        return self._order


class EpochOf(keras.callbacks.Callback):
    """Tells shuffled rows which epoch it is.

    Args:
        rows: The rows.
    """

    def __init__(self, rows: ShuffledRows) -> None:
        """Keep the rows."""
        super().__init__()
        self.rows = rows

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Set the epoch."""
        self.rows.epoch = epoch


class FixedNoise(keras.utils.PyDataset):
    """Held-out rows with noise of their own, the same at each call: losses can be compared.

    The noise levels are quantiles of what training draws, one row after the other.

    Args:
        parts: Arrays `(n, ...)` by name; that of the clean x is called `CLEAN`.
        weight: Weights `(n,)`, or `None`.
        batch_size: Rows a batch.
        least: Rows in all at least; rows come again, with other noise, until there are as many.
        seed: Of the noise.
    """

    def __init__(
        self,
        parts: dict[str, np.ndarray],
        weight: np.ndarray | None,
        batch_size: int,
        least: int = 2048,
        seed: int = 0,
    ) -> None:
        """Draw the noise."""
        from scipy.special import ndtri

        super().__init__()
        rng = np.random.default_rng(seed)
        n = len(parts[CLEAN])
        total = -(-max(n, least) // batch_size) * batch_size
        at = np.resize(rng.permutation(n), total)
        self.parts = {key: value[at] for key, value in parts.items()}
        shape = self.parts[CLEAN].shape
        self.parts[NOISE] = rng.standard_normal(shape).astype(np.float32)
        normal = ndtri((rng.permutation(total) + 0.5) / total)
        self.parts[NORMAL] = normal.astype(np.float32)
        self.weight = None if weight is None else weight[at]
        self.batch_size = batch_size

    def __len__(self) -> int:
        """Return the number of batches."""
        return len(self.parts[NOISE]) // self.batch_size

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        """Return a batch."""
        rows = slice(index * self.batch_size, (index + 1) * self.batch_size)
        batch = {key: value[rows] for key, value in self.parts.items()}
        return (batch,) if self.weight is None else ({**batch, WEIGHT: self.weight[rows]},)
