"""Batches of one size, of which each process reads its part."""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np

from labelfeed.scaling.errors import ScalingError
from labelfeed.scaling.shares import Sharing
from labelfeed.types import Batch, Features

__all__ = ["SharedBatches", "SharedStream", "cut_batch"]


class SharedBatches(keras.utils.PyDataset):
    """Rows in batches of one size, which divides among devices and processes.

    The last batch is filled up with rows of unknown label: they count in no loss and no metric.
    So each step is compiled once, and its draws are the same whatever the number of devices.

    Args:
        rows: `(x, y)` or `(x, y, weight)`: arrays as a step takes them, -1 (NaN) where unknown.
        kind: Of the label, `"single"` or `"multi"`.
        how: How training is shared.
        batch_size: Rows of a whole batch.
        seed: Of the order, the same in all processes; `None`: as they come.

    Raises:
        ScalingError: The batch does not divide.
    """

    def __init__(
        self,
        rows: tuple[Any, ...],
        kind: str,
        how: Sharing,
        batch_size: int = 32,
        seed: int | None = None,
    ) -> None:
        """Keep the rows as arrays."""
        super().__init__()
        unit = how.devices // how.class_parts
        if batch_size % unit:
            less = batch_size // unit * unit
            raise ScalingError(
                f"The batch size {batch_size} does not divide among {unit} devices: take "
                f"{less + unit}{f' or {less}' if less else ''}."
            )
        self.rows = tuple(_arrays(part) for part in rows)
        self.kind, self.how, self.batch_size, self.seed = kind, how, batch_size, seed
        self.count = len(self.rows[1])
        self.epoch = 0
        self.order = self._ordered()

    def _ordered(self) -> np.ndarray:
        if self.seed is None:
            return np.arange(self.count)
        return np.random.default_rng((self.seed, self.epoch)).permutation(self.count)

    @property
    def num_batches(self) -> int:
        """Number of batches."""
        return math.ceil(self.count / self.batch_size)

    def __getitem__(self, index: int) -> Batch:
        """Return this process's part of a batch."""
        at = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        batch = tuple(keras.tree.map_structure(lambda part: part[at], part) for part in self.rows)
        return cut_batch(batch, self.kind, self.how, self.batch_size)

    def on_epoch_end(self) -> None:
        """Take another order."""
        self.epoch += 1
        self.order = self._ordered()


class SharedStream(keras.utils.PyDataset):
    """A stream whose batches are cut like those of `SharedBatches`, each filled up by itself.

    Args:
        inner: Yields whole batches, the same in all processes.
        kind: As there.
        how: As there.
    """

    def __init__(self, inner: keras.utils.PyDataset, kind: str, how: Sharing) -> None:
        """Keep the stream."""
        super().__init__(
            workers=inner.workers,
            use_multiprocessing=inner.use_multiprocessing,
            max_queue_size=inner.max_queue_size,
        )
        self.inner, self.kind, self.how = inner, kind, how

    @property
    def num_batches(self) -> int | None:
        """Number of batches."""
        return self.inner.num_batches

    def __getitem__(self, index: int) -> Batch:
        """Return this process's part of a batch."""
        return cut_batch(self.inner[index], self.kind, self.how)

    def on_epoch_begin(self) -> None:
        """Tell the stream."""
        self.inner.on_epoch_begin()

    def on_epoch_end(self) -> None:
        """Tell the stream."""
        self.inner.on_epoch_end()


def cut_batch(batch: Batch, kind: str, how: Sharing, size: int | None = None) -> Batch:
    """Return the part of a whole batch that a process reads.

    Args:
        batch: `(x, y)` or `(x, y, weight)`, whose y has -1 (or NaN, of one-hot rows 0) for unknown.
        kind: Of the label, `"single"` or `"multi"`.
        how: How training is shared.
        size: Rows to fill it up to; by default the next number that divides among the devices.

    Example:
        >>> how = Sharing(devices=2, place=1, parts=2)
        >>> x, y = cut_batch((np.array([[1.0], [2.0], [3.0]]), np.array([0, 1, 1])), "single", how)
        >>> x.ravel().tolist(), y.tolist()
        ([3.0, 1.0], [1, -1])
    """
    batch = tuple(_arrays(part) for part in batch)
    count, unit = len(batch[1]), how.devices // how.class_parts
    size = math.ceil(count / unit) * unit if size is None else size
    at = np.arange(size) % max(count, 1)
    each = size // how.parts
    own = slice(how.place * each, (how.place + 1) * each)
    added = at[own].copy(), (np.arange(size) >= count)[own]
    x, y, *weight = (keras.tree.map_structure(lambda part: part[added[0]], p) for p in batch)
    if added[1].any():
        y[added[1]] = _unknown(y, kind)
    return (x, y, *weight)


def _unknown(y: np.ndarray, kind: str) -> float:
    """Return what fills a row of unknown label."""
    if y.dtype.kind != "f":
        return -1
    return 0.0 if kind == "single" and y.ndim == 2 and y.shape[1] > 1 else float("nan")


def _arrays(part: Features) -> Features:
    return keras.tree.map_structure(
        lambda value: value if isinstance(value, np.ndarray) else keras.ops.convert_to_numpy(value),
        part,
    )
