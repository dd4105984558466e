"""The nearest rows of a context inside a network, searched block by block; marks of equal rows."""

from __future__ import annotations

import numpy as np
from keras import ops

from labelfeed.estimators.nearest import MIX
from labelfeed.types import Tensor

__all__ = ["EMPTY", "NO_GROUP", "blocks_of", "marks_of", "nearest_rows"]

NO_GROUP, EMPTY = -1, -2
"""Group of a row that is of none, and of a place of the context that holds no row."""

_BLOCK = 4096
_FAR = 1e30  # squared distance of what is no neighbour


def blocks_of(rows: int) -> tuple[int, int]:
    """Return in how many blocks, of how many rows, so many are searched.

    Example:
        >>> blocks_of(100), blocks_of(5000)
        ((1, 100), (2, 2500))
    """
    count = max(1, -(-rows // _BLOCK))
    return count, -(-rows // count)


def marks_of(x: Tensor, scale: Tensor) -> Tensor:
    """Return int32 marks `(n,)` of rows `(n, d)`, as `labelfeed.estimators.nearest.RowMarks.of`."""
    first, second, third = (int(np.array(m, np.uint32).view(np.int32)) for m in MIX)
    with np.errstate(over="ignore"):
        place = np.arange(1, x.shape[1] + 1, dtype=np.int32) * np.int32(first)
    x = ops.where(ops.isfinite(x), x, 0.0)
    cut = ops.clip(ops.floor(x * scale), -(2.0**30), 2.0**30)
    mixed = (ops.cast(cut, "int32") + place) * ops.cast(second, "int32")
    mixed = ops.bitwise_xor(mixed, ops.right_shift(mixed, 15)) * ops.cast(third, "int32")
    mixed = ops.bitwise_xor(mixed, ops.right_shift(mixed, 13))
    return ops.cast(ops.sum(mixed, axis=1), "int32")


def nearest_rows(
    query: Tensor,
    mark: Tensor,
    keys: Tensor,
    marks: Tensor,
    groups: Tensor,
    k: int,
) -> tuple[Tensor, Tensor]:
    """Return the k nearest rows of a context that a query may read, and whether each may.

    A query reads no row of the group of a row with its mark, which has that one in it. Memory:
    `batch x block` and `batch x k` numbers, whatever the context holds.

    Args:
        query: `(batch, width)`.
        mark: int32 `(batch,)`.
        keys: `(m, width)`.
        marks: int32 `(m,)`.
        groups: int32 `(m,)`; `EMPTY` where there is no row.
        k: At most m.

    Returns:
        int32 positions `(batch, k)`, and bool of that shape.
    """
    query, keys = ops.stop_gradient(query), ops.stop_gradient(keys)
    own = _group_of(mark, marks, groups)
    count, size = blocks_of(int(keys.shape[0]))
    centre = ops.mean(keys, axis=0)  # near 0 a difference of squares keeps its digits
    query, keys = query - centre, keys - centre
    padded = count * size - int(keys.shape[0])
    if padded:
        keys = ops.pad(keys, ((0, padded), (0, 0)))
        groups = ops.pad(groups, (0, padded), constant_values=EMPTY)
    square = ops.sum(ops.square(keys), axis=1)
    parts = [ops.reshape(a, (count, size, *a.shape[1:])) for a in (keys, square, groups)]

    def distances(i: Tensor | int) -> Tensor:
        key, norm, group = (part[i] for part in parts)
        far = norm - 2.0 * ops.matmul(query, ops.transpose(key))
        barred = ops.logical_or(group == EMPTY, group == own[:, None])
        return ops.where(barred, _FAR, far)

    if count == 1:
        far, at = ops.top_k(-distances(0), k)
        return ops.cast(at, "int32"), far > -_FAR
    start = ops.zeros_like(query[:, :1]) - _FAR + ops.zeros((1, k))

    def merged(i: Tensor, best: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        far, at = best
        block_far, block_at = ops.top_k(-distances(i), min(k, size))
        far = ops.concatenate([far, block_far], axis=1)
        at = ops.concatenate([at, ops.cast(block_at, "int32") + ops.cast(i * size, "int32")], 1)
        far, kept = ops.top_k(far, k)
        return far, ops.take_along_axis(at, ops.cast(kept, "int32"), axis=1)

    far, at = ops.fori_loop(0, count, merged, (start, ops.cast(start * 0.0, "int32")))
    return at, far > -_FAR


def _group_of(mark: Tensor, marks: Tensor, groups: Tensor) -> Tensor:
    """Return the group of the context's row that has the mark, `(batch,)`; `NO_GROUP` if none."""
    same = ops.logical_and(mark[:, None] == marks, groups >= 0)
    return ops.max(ops.where(same, groups, NO_GROUP), axis=1)
