"""Rows that stay on disk while a Keras model trains on them."""

from __future__ import annotations

import collections
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Self

import keras
import numpy as np

from labelfeed.data.epoch_order import EpochOrder
from labelfeed.data.row_groups import (
    ParquetGroups,
    RowGroups,
    Rows,
    picked_rows,
    row_bytes,
    rows_together,
)
from labelfeed.labels.spec import LabelSpec
from labelfeed.types import Batch, DataPath, Logs

__all__ = ["FollowEpochs", "StreamedRows"]

_BLOCK_BYTES = 64e6
_KEPT = 2  # blocks: a batch may stand in two
_Block = tuple[Rows, np.ndarray]  # rows, and the order in which they come


class StreamedRows(keras.utils.PyDataset):
    """Batches of rows on disk for `fit`, shuffled, in flat memory.

    Each epoch has an order of its own, a function of `seed` and the number of the epoch alone
    (`labelfeed.data.epoch_order`): groups of rows are drawn until a block of 64 MB is together,
    whose rows are shuffled. Every row comes once an epoch. Give it to `fit` of any model of
    labelfeed alone, as x; there `shuffle` of Keras is off, and `initial_epoch` sets `epoch`, so
    that a training that goes on sees the rows that it would have seen; without it, a further `fit`
    goes on with the next order. To evaluate and predict, take `shuffle=False`.

    Args:
        groups: Rows in groups (`labelfeed.data.row_groups`).
        batch_size: Rows of a batch, >= 1; the last has the rest.
        seed: Of the orders, >= 0.
        shuffle: Whether to shuffle; without, rows come as they stand.
        epoch: Number of the next epoch, from 0.
        mixed: Rows of a block; `None`: what 64 MB hold. Three blocks are in the memory: a thread
            reads the next one while a model trains on this one. So no `workers` of Keras are
            needed; with these, batches may change places (Keras 3.15).

    Attributes:
        epoch: Number of the present epoch; may be set between epochs.

    Example:
        >>> import labelfeed, pandas as pd, tempfile
        >>> spec = labelfeed.LabelSpec.single(2, name="ill")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     for file in "ab":
        ...         rows = pd.DataFrame({"age": np.arange(64.0), "ill": np.arange(64) % 2})
        ...         rows.to_parquet(f"{folder}/{file}.parquet")
        ...     rows = labelfeed.StreamedRows.parquet(f"{folder}/*.parquet", spec, batch_size=32)
        ...     model = labelfeed.strategies.plain(spec, rows.shape, width=8)
        ...     history = model.fit(rows, epochs=2, verbose=0)
        >>> len(rows), rows.num_rows, rows.epoch
        (4, 128, 2)
    """

    def __init__(
        self,
        groups: RowGroups,
        batch_size: int = 256,
        *,
        seed: int = 0,
        shuffle: bool = True,
        epoch: int = 0,
        mixed: int | None = None,
    ) -> None:
        """Read the first group, to know what a row is."""
        super().__init__()
        if batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, got {batch_size}.")
        if epoch < 0 or seed < 0:
            raise ValueError(f"seed and epoch must be 0 or more, got {seed} and {epoch}.")
        self.groups, self.batch_size = groups, batch_size
        first = groups.read(0)
        parts = list(first[0].values()) if isinstance(first[0], dict) else [first[0]]
        x = next((part for part in parts if part.ndim > 1), parts[0])  # ids are vectors
        self.shape: tuple[int, ...] = tuple(x.shape[1:])
        mixed = max(1, int(_BLOCK_BYTES / row_bytes(first))) if mixed is None else mixed
        self.order = EpochOrder(tuple(groups.sizes), mixed, seed, shuffle)
        self.num_rows = sum(self.order.sizes)
        self._lock = threading.RLock()
        self._kept: collections.OrderedDict[tuple[int, int], _Block] = collections.OrderedDict()
        self._ahead: tuple[tuple[int, int], Future[_Block]] | None = None
        self._reader = ThreadPoolExecutor(1, "labelfeed-rows")
        self._plan: tuple[int, list[np.ndarray], np.ndarray] | None = None
        self.epoch = epoch
        self._followed = self._ended = False

    @classmethod
    def parquet(
        cls,
        paths: DataPath,
        spec: LabelSpec,
        *,
        features: Sequence[str] | None = None,
        sides: Sequence[LabelSpec] = (),
        weight: str | None = None,
        drop: Sequence[str] = (),
        allow_nan: bool = False,
        **kwargs: Any,
    ) -> Self:
        """Return the rows of Parquet files whose features are numbers.

        Args:
            paths: A file, a folder, a pattern such as `rows/*.parquet`, or several of them.
            spec: `LabelSpec` of the label, whose columns are named as in the files.
            features: As for `labelfeed.data.row_groups.ParquetGroups`, and likewise what follows.
            sides: Specs of side labels.
            weight: Column with the weight of each row.
            drop: Columns that are no features.
            allow_nan: Whether features may be missing.
            **kwargs: `batch_size`, `seed` and what else the class takes.
        """
        groups = ParquetGroups(
            paths, spec, features=features, sides=sides, weight=weight, drop=drop,
            allow_nan=allow_nan,
        )  # fmt: skip
        return cls(groups, **kwargs)

    @property
    def num_batches(self) -> int:
        """Batches of an epoch."""
        return -(-self.num_rows // self.batch_size)

    def __len__(self) -> int:
        return self.num_batches

    def __getitem__(self, index: int) -> Batch:
        start = index * self.batch_size
        if not 0 <= start < self.num_rows:
            raise IndexError(f"There are {self.num_batches} batches, from 0; got {index}.")
        end = min(start + self.batch_size, self.num_rows)
        self._ended = self._ended or end == self.num_rows
        epoch, blocks, ends = self._planned()
        parts = []
        while start < end:
            block = int(np.searchsorted(ends, start, side="right"))
            first = int(ends[block - 1]) if block else 0
            here = min(end, int(ends[block]))
            rows, order = self._block(epoch, block, blocks)
            parts.append(picked_rows(rows, order[start - first : here - first]))
            start = here
        return parts[0] if len(parts) == 1 else rows_together(iter(parts), sum(map(_size, parts)))

    def on_epoch_end(self) -> None:
        """Go on to the next order, after an epoch of a model that is not of labelfeed."""
        if self._ended and not self._followed:  # Keras looks at a batch or two beforehand
            self.epoch += 1
        self._ended = False

    def _planned(self) -> tuple[int, list[np.ndarray], np.ndarray]:
        """Return the present epoch, its blocks and where each ends."""
        with self._lock:
            if self._plan is None or self._plan[0] != self.epoch:
                blocks = self.order.blocks(self.epoch)
                sizes = [sum(self.order.sizes[group] for group in block) for block in blocks]
                self._plan = self.epoch, blocks, np.cumsum(sizes)
            return self._plan

    def _block(self, epoch: int, block: int, blocks: list[np.ndarray]) -> _Block:
        """Return a block of rows and their order; the next one is read meanwhile."""
        with self._lock:  # one thread gets a block, others wait for it
            key = (epoch, block)
            if key not in self._kept:
                ahead, self._ahead = self._ahead, None
                known = ahead is not None and ahead[0] == key
                while len(self._kept) >= _KEPT:
                    self._kept.popitem(last=False)
                found = ahead[1].result() if ahead and known else self._read(key, blocks[block])
                self._kept[key] = found
                if block + 1 < len(blocks):
                    after = (epoch, block + 1)
                    self._ahead = after, self._reader.submit(self._read, after, blocks[block + 1])
            self._kept.move_to_end(key)
            return self._kept[key]

    def _read(self, key: tuple[int, int], groups: np.ndarray) -> _Block:
        size = sum(self.order.sizes[group] for group in groups)
        rows = rows_together((self.groups.read(int(group)) for group in groups), size)
        return rows, self.order.rows(*key, size)


class FollowEpochs(keras.callbacks.Callback):
    """Keeps the order of rows in step with Keras's epochs, whatever batches Keras looks at.

    The order is told by the number of the epoch alone, so that a training that goes on after a
    kill (`Resume`) sees the rows as it would have.

    Args:
        rows: The rows.
        initial_epoch: Of `fit`; also the epoch of the rows that it starts with, unless it is 0:
            then that is their present one.
    """

    def __init__(self, rows: StreamedRows, initial_epoch: int = 0) -> None:
        """Remember where the rows stand."""
        super().__init__()
        self.rows = rows
        self._ahead = 0 if initial_epoch else rows.epoch

    def on_train_begin(self, logs: Logs | None = None) -> None:
        self.rows._followed = True

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        self.rows.epoch = self._ahead + epoch

    def on_train_end(self, logs: Logs | None = None) -> None:
        self.rows.epoch, self.rows._followed = self._ahead + int(self.params["epochs"]), False


def _size(rows: Rows) -> int:
    return len(rows[1])
