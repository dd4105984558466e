"""Rows that nearly equal another one: told, never grouped, as what is near is a matter of taste."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np

from labelfeed.data.duplicates import row_hashes
from labelfeed.types import Features

__all__ = ["NearDuplicates", "near_duplicates", "picture_bits"]

_LOOKED_AT, _AGAINST = 1000, 50_000
_CELLS = 1 << 24  # at a time
_WIDTH = 64  # features; more are projected
_NEIGHBOURS = 10
_NEAR = 0.05  # of the distance of the tenth neighbour
_SHARE, _LEAST = 0.01, 3
_SIDE = 16  # of the pictures that are compared
_BRIGHTER = 0.02  # of the span between its darkest and its brightest place
_FINE, _MEASURED = 20, 3  # different values of a number that is measured; such columns
_DIFFERENT = 0.06  # of the bits of a picture that are set


@dataclasses.dataclass(frozen=True)
class NearDuplicates:
    """How many rows nearly equal another one.

    Attributes:
        looked_at: Rows that were looked at, a sample where there are many.
        rows: Those of them with a row that is nearly, but not quite, the same.
        pairs: Up to three examples: position of the row, and of the one that it nearly equals.
    """

    looked_at: int
    rows: int
    pairs: tuple[tuple[int, int], ...] = ()


def near_duplicates(
    x: Features, others: Features | None = None, *, seed: int = 0
) -> NearDuplicates:
    """Return how many rows nearly equal another row.

    Numbers: a row is near if it is 20 times as near as the tenth nearest one, and is only counted
    where more rows are so than evenly scattered ones of as many free dimensions would be; none is
    where fewer than three columns have more than 20 different values. Pictures:
    a difference hash of 16 x 16 (whether each place is brighter than the next) differs in at most
    6 % of the bits that are set; smaller pictures are compared as numbers. At most 1000 rows are
    compared, with at most 50,000.

    Args:
        x: Prepared rows: `(n, d)` of features of a like scale, or pictures `(n, height, width,
            channels)`.
        others: Rows to compare with; when `None` the other rows of x.
        seed: Seed of the samples.

    Reference: Krawetz (2013), "Kind of like that" (difference hash); Levina, Bickel (2004),
    "Maximum likelihood estimation of intrinsic dimension".

    Example:
        >>> x = np.random.default_rng(0).normal(size=(300, 8))
        >>> x[200:210] = x[:10] + 0.001
        >>> near_duplicates(x).rows
        20
    """
    x = np.asarray(x)
    against = x if others is None else np.asarray(others)
    rng = np.random.default_rng(seed)
    rows = _some(len(x), _LOOKED_AT, rng)
    places = _some(len(against), _AGAINST, rng)
    if len(rows) < 1 or len(places) <= _NEIGHBOURS or _coarse(against[places]):
        return NearDuplicates(len(rows), 0)
    same = others is None
    if x.ndim == 4 and min(x.shape[1:3]) >= _SIDE:
        near = _near_pictures(x, against, rows, places, same)
    else:
        near = _near_rows(x, against, rows, places, same, rng)
    found = np.flatnonzero(near >= 0)
    pairs = tuple((int(rows[i]), int(places[near[i]])) for i in found[:3])
    return NearDuplicates(len(rows), len(found), pairs)


def _some(count: int, most: int, rng: np.random.Generator) -> np.ndarray:
    rows = np.arange(count)
    return rows if count <= most else np.sort(rng.choice(rows, most, replace=False))


def _blocks(x: np.ndarray, rows: np.ndarray) -> Iterator[np.ndarray]:
    """Yield these rows a few at a time: a copy of all of them may not fit into the memory."""
    step = max(_CELLS // max(x[:1].size, 1), 1)
    for start in range(0, len(rows), step):
        yield x[rows[start : start + step]]


def _near_rows(
    x: np.ndarray,
    others: np.ndarray,
    rows: np.ndarray,
    places: np.ndarray,
    same: bool,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return which of the others each row nearly equals, -1 for none."""
    width = x[0].size
    turn = np.eye(width) if width <= _WIDTH else rng.normal(size=(width, _WIDTH)) / np.sqrt(_WIDTH)
    x, others = (
        np.concatenate([block.reshape(len(block), -1) @ turn for block in _blocks(a, chosen)])
        for a, chosen in ((x, rows), (others, places))
    )
    own = rows if same else None
    middle = others.mean(axis=0)
    x, others = x - middle, others - middle
    norms = (others**2).sum(axis=1)
    nearest = np.full(len(x), -1)
    first, fifth, tenth = (np.full(len(x), np.nan) for _ in range(3))
    for start in range(0, len(x), 100):
        block = slice(start, start + 100)
        squares = (x[block] ** 2).sum(axis=1)[:, None] + norms - 2 * x[block] @ others.T
        if own is not None:
            squares[own[block][:, None] == places] = np.inf
        few = np.argpartition(squares, _NEIGHBOURS, axis=1)[:, : _NEIGHBOURS + 1]
        # Anew from the differences: the sums above lose what tells near from equal.
        exact = np.sqrt(((x[block][:, None] - others[few]) ** 2).sum(axis=2))
        if own is not None:
            exact[own[block][:, None] == places[few]] = np.inf
        exact[exact < 1e-9 * np.sqrt(x.shape[1])] = np.inf  # equal rows are for `duplicates`
        order = np.argsort(exact, axis=1)
        exact = np.take_along_axis(exact, order, axis=1)
        nearest[block] = np.take_along_axis(few, order, axis=1)[:, 0]
        last = np.where(np.isfinite(exact), exact, np.nan)
        first[block], fifth[block] = exact[:, 0], last[:, 4]
        tenth[block] = np.nanmax(np.where(np.isnan(last), -np.inf, last), axis=1)
    near = first < _NEAR * tenth
    free = np.log(2) / max(np.nanmedian(np.log(tenth / fifth)), 1e-3)
    expected = (_NEIGHBOURS - 1) * _NEAR**free
    if near.sum() < _LEAST or near.mean() < max(3 * expected, _SHARE):
        return np.full(len(x), -1)
    return np.where(near, nearest, -1)


def picture_bits(images: np.ndarray) -> np.ndarray:
    """Return a difference hash of each picture: whether each place is brighter than the next.

    Args:
        images: `(n, height, width, channels)`.

    Returns:
        Booleans `(n, 256)`, row by row of 16 x 16 places.
    """
    grey = np.asarray(images).mean(axis=3, dtype=np.float32)
    for axis, size in ((1, _SIDE), (2, _SIDE + 1)):
        length = grey.shape[axis]
        edges = np.linspace(0, length, size + 1)
        low = np.minimum(edges[:-1].astype(int), length - 1)
        high = np.maximum(np.ceil(edges[1:]).astype(int), low + 1)
        grey = np.stack(
            [
                np.take(grey, range(a, b), axis).mean(axis=axis)
                for a, b in zip(low, high, strict=True)
            ],
            axis=axis,
        )
    span = np.ptp(grey.reshape(len(grey), -1), axis=1, keepdims=True)[..., None]
    bits = grey[:, :, 1:] - grey[:, :, :-1] > _BRIGHTER * span  # noise on a plain ground is none
    return bits.reshape(len(bits), -1)


def _near_pictures(
    x: np.ndarray, others: np.ndarray, rows: np.ndarray, places: np.ndarray, same: bool
) -> np.ndarray:
    """Return which of the others each picture nearly equals, -1 for none."""
    bits, against = (
        np.concatenate([picture_bits(block) for block in _blocks(a, chosen)])
        for a, chosen in ((x, rows), (others, places))
    )
    # Equal pictures are for `duplicates`.
    equal = np.zeros(len(rows), bool)
    if not same:
        taken = [row_hashes(block) for block in _blocks(others, places)]
        own = [row_hashes(block) for block in _blocks(x, rows)]
        equal = np.isin(np.concatenate(own), np.concatenate(taken))
    near = np.full(len(rows), -1)
    words, theirs = (np.packbits(b, axis=1).view(np.uint64) for b in (bits, against))
    allowed = _DIFFERENT * bits.sum(axis=1)
    for row in np.flatnonzero((allowed >= 1) & ~equal):  # below, it is too plain to tell
        differ = np.bitwise_count(words[row] ^ theirs).sum(axis=1).astype(float)
        if same:
            differ[places == rows[row]] = np.inf
        best = int(differ.argmin())
        if differ[best] <= allowed[row] and not np.array_equal(x[rows[row]], others[places[best]]):
            near[row] = best
    return near if (near >= 0).sum() >= _LEAST else np.full(len(rows), -1)


def _coarse(x: np.ndarray) -> bool:
    """Tell whether so few columns are measured numbers that rows are near by chance."""
    if x.ndim != 2:
        return False
    return sum(len(np.unique(column)) > _FINE for column in x[:_LOOKED_AT].T) < _MEASURED
