"""The nearest rows of a context inside a network, searched block by block; marks of equal rows."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops

from labelfeed.estimators.nearest import MIX
from labelfeed.types import Tensor

__all__ = ["EMPTY", "NO_GROUP", "blocks_of", "group_of", "marks_of", "nearest_rows"]

NO_GROUP, EMPTY = -1, -2
"""Group of a row that is of none, and of a place of the context that holds no row."""

_BLOCK, _STACK = 16_384, 16
_FAR, _READ = 1e30, -1e29  # squared distance of what is no neighbour; what is nearer is one


def blocks_of(rows: int) -> tuple[int, int]:
    """Return in how many blocks, of how many rows, so many are searched.

    Example:
        >>> blocks_of(100), blocks_of(20_000)
        ((1, 112), (2, 10000))
    """
    count = max(1, -(-rows // _BLOCK))
    return count, -(-rows // (count * _STACK)) * _STACK


def marks_of(x: Tensor, scale: Tensor) -> Tensor:
    """Return int32 marks `(n,)` of rows `(n, d)`, as `labelfeed.estimators.nearest.RowMarks.of`."""
    first, second, third = (int(np.array(m, np.uint32).view(np.int32)) for m in MIX)
    with np.errstate(over="ignore"):
        place = np.arange(1, x.shape[1] + 1, dtype=np.int32) * np.int32(first)
    x = ops.where(ops.isfinite(x), x, 0.0)
    cut = ops.clip(ops.floor(x * scale), -(2.0**30), 2.0**30)
    mixed = (ops.cast(cut, "int32") + ops.convert_to_tensor(place)) * ops.cast(second, "int32")
    mixed = ops.bitwise_xor(mixed, ops.right_shift(mixed, 15)) * ops.cast(third, "int32")
    mixed = ops.bitwise_xor(mixed, ops.right_shift(mixed, 13))
    return ops.cast(ops.sum(mixed, axis=1), "int32")


def nearest_rows(
    query: Tensor,
    own: Tensor,
    keys: Tensor,
    groups: Tensor,
    k: int,
) -> tuple[Tensor, Tensor]:
    """Return the k nearest rows of a context that a query may read, and whether each may.

    Memory: `batch x block` and `batch x k` numbers, whatever the context holds.

    Args:
        query: `(batch, width)`.
        own: int32 `(batch,)`, the group that it may not read; `NO_GROUP` for none.
        keys: `(m, width)`.
        groups: int32 `(m,)`; `EMPTY` where there is no row.
        k: At most m.

    Returns:
        int32 positions `(batch, k)`, and bool of that shape.
    """
    query, keys = ops.stop_gradient(query), ops.stop_gradient(keys)
    count, size = blocks_of(int(keys.shape[0]))
    centre = ops.mean(keys, axis=0)  # near 0 a difference of squares keeps its digits
    query, keys = query - centre, keys - centre
    square = ops.sum(ops.square(keys), axis=1, keepdims=True)
    square = ops.where(groups[:, None] == EMPTY, _FAR, square)
    # [q, 1] @ [-2 key, |key|^2] orders as distances do, by one product.
    table = ops.concatenate([-2.0 * keys, square], axis=1)
    padded = count * size - int(keys.shape[0])
    if padded:
        spare = ops.pad(ops.full((padded, 1), _FAR), ((0, 0), (int(keys.shape[1]), 0)))
        table = ops.concatenate([table, spare], axis=0)
        groups = ops.pad(groups, (0, padded), constant_values=EMPTY)
    table = ops.reshape(table, (count, size, -1))
    groups = ops.reshape(groups, (count, size))
    query = ops.concatenate([query, ops.ones_like(query[:, :1])], axis=1)

    def found(i: Tensor | int) -> tuple[Tensor, Tensor]:
        near = ops.matmul(query, ops.transpose(-table[i]))
        return _largest(ops.where(groups[i] == own[:, None], -_FAR, near), min(k, size))

    if count == 1:
        near, at = found(0)
        return ops.minimum(at, int(keys.shape[0]) - 1), near > _READ
    start = ops.zeros_like(query[:, :1]) - _FAR + ops.zeros((1, k))

    def merged(i: Tensor, best: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        near, at = found(i)
        near = ops.concatenate([best[0], near], axis=1)
        at = ops.concatenate([best[1], at + ops.cast(i * size, "int32")], axis=1)
        near, kept = _top(near, k)
        return near, ops.take_along_axis(at, ops.cast(kept, "int32"), axis=1)

    near, at = ops.fori_loop(0, count, merged, (start, ops.cast(start * 0.0, "int32")))
    return ops.minimum(at, int(keys.shape[0]) - 1), near > _READ


def _top(values: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """Return the k largest of each row `(batch, n)`, and where they stand.

    Where JAX exports a graph for any batch it sorts: its `top_k` is a composite of StableHLO 1.15,
    which TensorFlow 2.21 does not read.
    """
    exported = not isinstance(values.shape[0], int | None)
    if keras.backend.backend() != "jax" or not exported:
        near, at = ops.top_k(values, k)
        return near, at
    at = ops.argsort(-values, axis=1)[:, :k]
    return ops.take_along_axis(values, at, axis=1), at


def _largest(near: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """Return the k largest of each row and their int32 positions.

    In stacks of 16 none of the k largest lies in a stack whose largest is not among the k largest
    of all stacks; those stacks alone are looked through.
    """
    stacks = near.shape[1] // _STACK
    if stacks <= 2 * k:
        near, at = _top(near, k)
        return near, ops.cast(at, "int32")
    near = ops.reshape(near, (-1, _STACK, stacks))
    _, chosen = _top(ops.max(near, axis=1), k)
    chosen = ops.expand_dims(ops.cast(chosen, "int32"), 1)  # (batch, 1, k)
    level = np.arange(_STACK, dtype=np.int32)[:, None] * stacks
    where = chosen + ops.convert_to_tensor(level)
    near = ops.take_along_axis(near, ops.repeat(chosen, _STACK, axis=1), axis=2)
    near, at = _top(ops.reshape(near, (-1, _STACK * k)), k)
    where = ops.reshape(where, (-1, _STACK * k))
    return near, ops.take_along_axis(where, ops.cast(at, "int32"), axis=1)


def group_of(mark: Tensor, marks: Tensor, groups: Tensor) -> Tensor:
    """Return the group of the context's rows that have a mark, `(batch,)`; `NO_GROUP` if none.

    Args:
        mark: int32 `(batch,)`.
        marks: int32 `(m,)`, ascending.
        groups: int32 `(m,)`; rows of one mark are of one group.
    """
    at = ops.cast(ops.searchsorted(marks, mark), "int32")
    at = ops.minimum(at, int(marks.shape[0]) - 1)
    same = ops.take(marks, at, axis=0) == mark
    return ops.where(same, ops.maximum(ops.take(groups, at, axis=0), NO_GROUP), NO_GROUP)
