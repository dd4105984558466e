"""The nearest other rows by exact search, in memory that is bounded."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from labelfeed.estimators.errors import EstimatorError

__all__ = [
    "MIX",
    "NO_ROW",
    "Nearest",
    "RowMarks",
    "joined_units",
    "nearest_by_index",
    "nearest_keys",
]

NO_ROW = -1
"""Position of a neighbour that is not there."""

_QUERIES, _KEYS, _FIRST = 512, 8192, 1024  # of a block; keys of the first, which sets a bar
_STEPS = 2.0**20  # of the largest value: rows that differ by less count as equal
MIX = (0x9E3779B9, 0x85EBCA6B, 0xC2B2AE35)
"""Multipliers of the hashes of rows, as in MurmurHash3 (Appleby)."""


@dataclasses.dataclass(frozen=True, eq=False)
class RowMarks:
    """What says that two rows are the same one, or belong together.

    Args:
        scale: float32 `(d,)`, powers of two: `floor(x * scale)` is hashed.

    Example:
        >>> marks = RowMarks.fitting(np.array([[1.0, 2.0], [3.0, 4.0]]))
        >>> hashes = marks.of(np.array([[1.0, 2.0], [2.0, 1.0], [1.0, 2.0]]))
        >>> bool(hashes[0] == hashes[2]), bool(hashes[0] == hashes[1])
        (True, False)
    """

    scale: np.ndarray

    @classmethod
    def fitting(cls, x: np.ndarray) -> RowMarks:
        """Return marks on the scale of features `(n, d)`."""
        largest = np.abs(x).max(axis=0, initial=0).astype(np.float64)
        exponent = np.floor(np.log2(_STEPS / np.where(largest > 0, largest, 1)))
        return cls(np.exp2(np.clip(exponent, -100, 100)).astype(np.float32))

    def of(self, x: np.ndarray) -> np.ndarray:
        """Return int32 hashes `(n,)` of features `(n, d)`; the same as `NeighbourLabels` makes."""
        cut = np.clip(np.floor(np.asarray(x, np.float32) * self.scale), -(2.0**30), 2.0**30)
        whole = cut.astype(np.int32)
        first, second, third = (np.array(m, np.uint32).view(np.int32) for m in MIX)
        place = np.arange(1, whole.shape[1] + 1, dtype=np.int32)
        with np.errstate(over="ignore"):  # it is meant to
            mixed = (whole + place * first) * second
            mixed ^= mixed >> 15
            mixed *= third
            mixed ^= mixed >> 13
            out: np.ndarray = mixed.sum(axis=1, dtype=np.int32)
        return out


def joined_units(marks: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Return a number for each row, from 0: the same for rows that are equal, or of one group.

    Args:
        marks: int `(n,)`, of `RowMarks`.
        groups: int `(n,)`, >= 0.

    Example:
        >>> joined_units(np.array([7, 7, 8, 9]), np.array([0, 1, 1, 2])).tolist()
        [0, 0, 0, 1]
    """
    equal = np.unique(marks, return_inverse=True)[1]
    places = int(equal.max(initial=-1)) + 1
    edges = coo_matrix(
        (np.ones(len(equal), bool), (equal, places + groups)),
        shape=(places + int(groups.max(initial=-1)) + 1,) * 2,
    )
    found: np.ndarray = connected_components(edges, directed=False)[1][equal]
    return np.unique(found, return_inverse=True)[1]


@dataclasses.dataclass(frozen=True, eq=False)
class Nearest:
    """Neighbours of rows, nearest first.

    Attributes:
        rows: int `(n, k)`, positions; `NO_ROW` where there are fewer.
        squared: float32 `(n, k)`, squared distances; inf where there are fewer.
    """

    rows: np.ndarray
    squared: np.ndarray


def nearest_keys(
    queries: np.ndarray,
    keys: np.ndarray,
    k: int,
    *,
    apart: tuple[np.ndarray, np.ndarray] | None = None,
) -> Nearest:
    """Return the k nearest keys of each query, by Euclidean distance, exactly.

    Blocks of 512 queries and 8,192 keys: 16 MB beside the keys, whatever their number. The first
    block sets a bar, and of the others only what lies below the bar is looked at again.

    Args:
        queries: float32 `(n, width)`, finite.
        keys: float32 `(m, width)`, finite.
        k: Neighbours, >= 1; where there are fewer keys, the rest is `NO_ROW`.
        apart: Numbers of queries `(n,)` and keys `(m,)`: those with the same one are no neighbours.

    Raises:
        EstimatorError: Shapes do not fit, k is below 1, or there is no key.

    Example:
        >>> keys = np.array([[0.0], [1.0], [5.0]], np.float32)
        >>> own = np.arange(3)
        >>> nearest_keys(keys, keys, 1, apart=(own, own)).rows.ravel().tolist()
        [1, 0, 1]
    """
    queries, keys = _checked(queries, keys, k)
    centre = keys.mean(axis=0)
    moved = keys - centre
    # [q, 1] @ [-2 key, |key|^2] orders as distances do, by one product.
    table = np.concatenate([-2 * moved, (moved * moved).sum(axis=1)[:, None]], axis=1).T.copy()
    alike = None if apart is None else _Alike(*apart)
    rows = np.full((len(queries), k), NO_ROW)
    squared = np.full((len(queries), k), np.inf, np.float32)
    for start in range(0, len(queries), _QUERIES):
        part = slice(start, start + _QUERIES)
        query = queries[part] - centre
        wide = np.concatenate([query, np.ones((len(query), 1), np.float32)], axis=1)
        banned = None if alike is None else alike.pairs(part)
        at, far = _of_block(wide, table, k, banned)
        rows[part, : at.shape[1]] = at
        far += (query * query).sum(axis=1)[:, None]
        squared[part, : at.shape[1]] = np.maximum(far, 0)
    rows[np.isinf(squared)] = NO_ROW
    return Nearest(rows, squared)


def _checked(queries: np.ndarray, keys: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    queries, keys = np.asarray(queries, np.float32), np.asarray(keys, np.float32)
    if queries.ndim != 2 or keys.ndim != 2 or queries.shape[1] != keys.shape[1]:
        raise EstimatorError(
            f"Expected queries (n, width) and keys (m, width), got {queries.shape} and "
            f"{keys.shape}."
        )
    if not len(keys):
        raise EstimatorError("There is no row to be a neighbour: give at least one key.")
    if isinstance(k, bool) or not isinstance(k, (int, np.integer)) or k < 1:
        raise EstimatorError(f"k must be a whole number of at least 1, got {k!r}.")
    for name, array in (("queries", queries), ("keys", keys)):
        if not np.isfinite(array).all():
            raise EstimatorError(f"The {name} have values that are not finite: fill gaps first.")
    return queries, keys


class _Alike:
    """Which keys have the number of a query."""

    def __init__(self, of_queries: np.ndarray, of_keys: np.ndarray) -> None:
        self.order = np.argsort(of_keys, kind="stable")
        ordered = np.asarray(of_keys)[self.order]
        self.first = np.searchsorted(ordered, of_queries)
        self.count = np.searchsorted(ordered, of_queries, side="right") - self.first

    def pairs(self, part: slice) -> tuple[np.ndarray, np.ndarray]:
        """Return queries, from 0, and positions of their keys, both `(pairs,)`."""
        first, count = self.first[part], self.count[part]
        query = np.repeat(np.arange(len(count)), count)
        within = np.arange(len(query)) - np.repeat(np.cumsum(count) - count, count)
        return query, self.order[np.repeat(first, count) + within]


def _of_block(
    query: np.ndarray, table: np.ndarray, k: int, banned: tuple[np.ndarray, np.ndarray] | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return positions and distances (less the query's own square), nearest first."""
    count, m = len(query), table.shape[1]
    best = np.zeros((count, 0), int)
    far = np.zeros((count, 0), np.float32)
    start, size = 0, max(_FIRST, 2 * k)
    while start < m:
        found = query @ table[:, start : start + size]
        if banned is not None:
            rows, keys = banned
            inside = (keys >= start) & (keys < start + size)
            found[rows[inside], keys[inside] - start] = np.inf
        if best.shape[1] < k:
            positions = np.broadcast_to(np.arange(start, start + found.shape[1]), found.shape)
            best, far = _least(np.hstack([best, positions]), np.hstack([far, found]), k)
        else:
            best, far = _merged(best, far, found, start, k)
        start += size
        size = min(start, _KEYS)  # few lie below a bar that half of the keys set
    order = np.argsort(far, axis=1, kind="stable")
    return np.take_along_axis(best, order, axis=1), np.take_along_axis(far, order, axis=1)


def _least(rows: np.ndarray, far: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    if far.shape[1] <= k:
        return rows, far
    kept = np.argpartition(far, k - 1, axis=1)[:, :k]
    return np.take_along_axis(rows, kept, axis=1), np.take_along_axis(far, kept, axis=1)


def _merged(
    best: np.ndarray, far: np.ndarray, found: np.ndarray, start: int, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the k best of those known and of a block, of which few lie below the bar."""
    below = np.flatnonzero(found < far.max(axis=1)[:, None])
    if not len(below):
        return best, far
    query, key = np.divmod(below, found.shape[1])
    count = np.bincount(query, minlength=len(best))
    within = np.arange(len(below)) - np.repeat(np.cumsum(count) - count, count)
    most = int(count.max())
    new = np.full((len(best), most), NO_ROW)
    new_far = np.full((len(best), most), np.inf, np.float32)
    new[query, within] = key + start
    new_far[query, within] = found.ravel()[below]
    return _least(np.hstack([best, new]), np.hstack([far, new_far]), k)


def nearest_by_index(queries: np.ndarray, keys: np.ndarray, k: int) -> Nearest:
    """Return the k nearest keys as an index finds them: nearly exact, for a million keys and more.

    Args:
        queries: float32 `(n, width)`, finite.
        keys: float32 `(m, width)`, finite.
        k: Neighbours, >= 1.

    Raises:
        EstimatorError: As `nearest_keys`, or faiss is not installed.

    References:
        Malkov and Yashunin 2020, Efficient and robust approximate nearest neighbor search using
        hierarchical navigable small world graphs; Douze et al. 2024, The Faiss library.
    """
    queries, keys = _checked(queries, keys, k)
    try:
        import faiss
    except ImportError as error:
        raise EstimatorError(
            "An index of neighbours needs faiss: pip install 'labelfeed[neighbours]'. "
            "`nearest_keys` searches exactly without it."
        ) from error
    index: Any = faiss.IndexHNSWFlat(keys.shape[1], 32)
    index.hnsw.efSearch = max(64, 2 * k)
    index.add(np.ascontiguousarray(keys))
    squared, rows = index.search(np.ascontiguousarray(queries), k)
    squared[rows < 0] = np.inf
    return Nearest(rows, squared)
