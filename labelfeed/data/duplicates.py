"""Rows with equal features: one number for each row, found again in files of another day."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pandas as pd

from labelfeed.types import Features

__all__ = ["Duplicates", "find_duplicates", "is_identifier", "mixed_bits", "row_hashes"]

_CHANCE, _PAIRS = 0.01, 5  # share and number of the equal pairs that independent columns would have
_SHARE, _LEAST = 0.05, 20  # of the rows, and rows: a row that is so frequent is no duplicate
_MISSING = np.uint64(0x9E3779B97F4A7C15)
_TEXT = np.uint64(0xD6E8FEB86659FD93)
_CELLS = 1 << 22  # of an array at a time
_SAMPLE = 100_000


@dataclasses.dataclass(frozen=True)
class Duplicates:
    """Which rows have equal features, and which of them belong together.

    Attributes:
        ids: int64 `(n,)`: rows that belong together for it have one number, other rows one each.
        rows: Number of rows that equal another one.
        different: How many different rows those are.
        largest: Rows of the most frequent one.
        frequent: Rows that are not kept together because a row like them makes up more than 5 % of
            all rows (and 20).
        by_chance: Whether the other equal rows tell nothing, so that none is kept together: columns
            of these values, if they were independent, would have at least 1 % of the equal pairs
            that there are (and 5). Columns are not independent, hence so little.
    """

    ids: np.ndarray
    rows: int
    different: int
    largest: int
    frequent: int = 0
    by_chance: bool = False

    @property
    def notes(self) -> tuple[str, ...]:
        """What a user should know of it, a line or none."""
        if not self.rows:
            return ()
        what = f"{self.rows:,} rows equal another one in all features"
        if self.by_chance:
            return (f"{what}: values as coarse as these are equal by chance, so that it tells "
                    "nothing, and the rows are split as if they were not",)  # fmt: skip
        if self.frequent == self.rows:
            return (f"{what}: too many alike to be one case twice, and split as if they were not",)
        but = f", but for {self.frequent:,} of very frequent ones" if self.frequent else ""
        return (f"{what}: equal rows stay on one side of the split{but}",)


def find_duplicates(features: Features, columns: Sequence[str] | None = None) -> Duplicates:
    """Return which rows have equal features.

    Columns of words or whole numbers that differ in every row are identifiers, not looked at.

    Args:
        features: Raw features: a DataFrame, or an array of any shape `(n, ...)`.
        columns: Columns of a DataFrame to look at; all when `None`.

    Example:
        >>> found = find_duplicates(pd.DataFrame({"age": [3.5, 4, 3.5], "id": ["a", "b", "c"]}))
        >>> found.rows, found.ids.tolist()
        (2, [0, 1, 0])
    """
    if isinstance(features, pd.DataFrame):
        names = features.columns if columns is None else columns
        used = [name for name in names if not is_identifier(features[name])]
        if not used:
            return Duplicates(np.arange(len(features)), 0, len(features), 1)
        features = features[used]
    _, first, ids, counts = np.unique(
        row_hashes(features), return_index=True, return_inverse=True, return_counts=True
    )
    sizes = counts[ids]
    frequent = (sizes > max(_SHARE * len(ids), _LEAST)) & (sizes > 1)
    rest = _pairs(counts[counts <= max(_SHARE * len(ids), _LEAST)])
    by_chance = rest > 0 and _expected(features, ~frequent) >= max(_CHANCE * rest, _PAIRS)
    own = np.arange(len(ids))
    return Duplicates(
        own if by_chance else np.where(frequent, own, first[ids]),
        int((sizes > 1).sum()),
        len(counts),
        int(counts.max(initial=0)),
        int(frequent.sum()),
        by_chance,
    )


def row_hashes(features: Features, columns: Sequence[str] | None = None) -> np.ndarray:
    """Return a 64-bit number for each row, the same for equal features in any file.

    The order of the columns does not matter; 1, 1.0 and "1" are equal, and so are all missing
    cells. Two rows that differ get one number by a chance of 5e-20.

    Args:
        features: A DataFrame, or an array of any shape `(n, ...)`.
        columns: Columns of a DataFrame that count; all when `None`.

    Returns:
        uint64 array `(n,)`.

    Example:
        >>> one = row_hashes(pd.DataFrame({"a": ["1", ""], "b": ["x", "y"]}))
        >>> other = row_hashes(pd.DataFrame({"b": ["x", "z"], "a": [1.0, 2]}))
        >>> (one == other).tolist()
        [True, False]
    """
    if isinstance(features, pd.DataFrame):
        total = np.zeros(len(features), np.uint64)
        for name in features.columns if columns is None else columns:
            total += mixed_bits(_cells(features[name]) ^ _texts([str(name)])[0])
        return total
    array = np.asarray(features)
    flat = array.reshape(len(array), -1)
    return _packed(flat) if flat.dtype.kind in "ub" and flat.shape[1] > 8 else _numbers(flat)


def _pairs(counts: np.ndarray) -> float:
    return float((counts * (counts - 1.0)).sum() / 2)


def _expected(features: Features, which: np.ndarray) -> float:
    """Return how many pairs of these rows would be equal if the columns were independent."""
    rows = np.flatnonzero(which)
    expected = _pairs(np.array([len(rows)]))
    rows = rows[:: max(len(rows) // _SAMPLE, 1)]
    if isinstance(features, pd.DataFrame):
        frame = features.iloc[rows]
    else:
        frame = pd.DataFrame(np.asarray(features).reshape(len(which), -1)[rows])
    for place in range(frame.shape[1]):
        cells = _cells(frame.iloc[:, place])
        counts = np.unique(cells, return_counts=True)[1]
        expected *= _pairs(counts) / max(_pairs(np.array([len(rows)])), 1.0)
        if expected < _PAIRS:
            break
    return expected


def is_identifier(column: pd.Series) -> bool:
    """Return whether a column is an identifier: words or whole numbers, none of them twice.

    Example:
        >>> is_identifier(pd.Series(["p1", "p2"])), is_identifier(pd.Series([0.5, 1.5]))
        (True, False)
    """
    head = column.iloc[:1000]
    if len(column) < 2 or not _hashable(head) or not head.is_unique:
        return False
    if column.dtype.kind == "f" and bool((column % 1 != 0).any()):
        return False
    if column.dtype.kind not in "iuf":  # text: numbers with decimals are measured
        numbers = pd.to_numeric(head, errors="coerce")
        if bool((numbers % 1 > 0).any()):
            return False
    return bool(column.is_unique) if _hashable(column) else False


def _hashable(column: pd.Series) -> bool:
    return not any(isinstance(v, (list, dict, set, np.ndarray)) for v in column.head(100))


def _cells(column: pd.Series) -> np.ndarray:
    """Return a number for each cell of a column."""
    if column.dtype.kind in "iuf":
        return _of_numbers(column.to_numpy(np.float64, na_value=np.nan))
    if not _hashable(column):
        column = column.map(str)
    codes, values = pd.factorize(column, use_na_sentinel=True)
    texts = [str(value).strip() for value in values]
    numbers = pd.to_numeric(pd.Series(texts, dtype=object), errors="coerce").to_numpy(np.float64)
    empty = np.array([not text for text in texts], bool)
    known = np.where(np.isnan(numbers) & ~empty, _texts(texts), _of_numbers(numbers))
    return np.append(known, _MISSING)[codes]


def _texts(texts: Sequence[str]) -> np.ndarray:
    """Return a number for each text, the same on every machine."""
    if not len(texts):
        return np.zeros(0, np.uint64)
    hashed = pd.util.hash_array(np.array(texts, dtype=object), categorize=False)
    return hashed.astype(np.uint64) ^ _TEXT


def _of_numbers(numbers: np.ndarray) -> np.ndarray:
    bits = (numbers + 0.0).view(np.uint64)  # -0 is 0
    return np.where(np.isnan(numbers), _MISSING, bits)


def mixed_bits(bits: np.ndarray) -> np.ndarray:
    """Spread numbers over all 64 bits (the finalizer of SplitMix64; Steele, Lea, Flood 2014)."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def _numbers(flat: np.ndarray) -> np.ndarray:
    places = _places(flat.shape[1])
    total = np.zeros(len(flat), np.uint64)
    step = max(_CELLS // max(flat.shape[1], 1), 1)
    for start in range(0, len(flat), step):
        block = np.ascontiguousarray(flat[start : start + step], np.float64)
        total[start : start + step] = mixed_bits(_of_numbers(block) ^ places).sum(axis=1)
    return total


def _packed(flat: np.ndarray) -> np.ndarray:
    """Return the same for bytes and small whole numbers, eight bytes at a time."""
    flat = flat.view(np.uint8).reshape(len(flat), -1)
    width = -(-flat.shape[1] // 8)
    places = _places(width)
    total = np.zeros(len(flat), np.uint64)
    step = max(_CELLS // width, 1)
    for start in range(0, len(flat), step):
        block = flat[start : start + step]
        block = np.pad(block, ((0, 0), (0, width * 8 - flat.shape[1])))
        total[start : start + step] = mixed_bits(block.view("<u8") ^ places).sum(axis=1)
    return total


def _places(count: int) -> np.ndarray:
    return mixed_bits(np.arange(1, count + 1, dtype=np.uint64) * _MISSING)
