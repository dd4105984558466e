"""A column of a table as numbers, and back: what numbers, words and dates have in common."""

from __future__ import annotations

import abc
import dataclasses
from typing import Any

import numpy as np
import pandas as pd

from labelfeed.data.labelling import as_text
from labelfeed.labels.words import MISSING

__all__ = ["CellColumn", "from_one_hot", "one_hot", "spelling_of_nothing"]

_NARROWEST = 1 / 3  # what one-hot numbers are divided by at least


@dataclasses.dataclass(frozen=True)
class CellColumn(abc.ABC):
    """One column: `width` numbers for a value, after one that tells whether the cell is empty.

    Each has mean 0 and about unit variance. The first is there only if some cells were empty and
    some were not, and has two values. The numbers of the value are drawn at random where the cell
    is empty: nothing stands there to be learned.

    Args:
        name: The column's name.
        missing: Share of the rows whose cell is empty, in [0, 1].
        empty: How the file writes an empty cell, such as `?`.
    """

    name: str
    missing: float
    empty: str

    @property
    def flagged(self) -> bool:
        """Whether the first number tells that the cell is empty."""
        return 0 < self.missing < 1

    @property
    def width(self) -> int:
        """How many numbers stand for a cell; 0 where all cells are alike."""
        return self.flagged + (self.value_width if self.missing < 1 else 0)

    @property
    @abc.abstractmethod
    def value_width(self) -> int:
        """How many numbers stand for a value."""

    @abc.abstractmethod
    def read(self, cells: pd.Series) -> tuple[np.ndarray, np.ndarray]:
        """Return the values `(n,)` of cells, and which are empty.

        Raises:
            DataError: A value that this column cannot hold; names it.
        """

    def seen(self, cells: pd.Series) -> pd.Series:
        """Return cells without values that no training row had; those are empty then."""
        return cells

    @abc.abstractmethod
    def numbers(self, values: np.ndarray) -> np.ndarray:
        """Return `(n, value_width)` of values."""

    @abc.abstractmethod
    def found(self, numbers: np.ndarray) -> np.ndarray:
        """Return the values `(n,)` of `(n, value_width)`."""

    @abc.abstractmethod
    def words(self, values: np.ndarray) -> np.ndarray:
        """Return object `(n,)`: values as a table holds them."""

    @abc.abstractmethod
    def anything(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """Return n values as often as they stood in the rows."""

    @abc.abstractmethod
    def series(self, values: np.ndarray) -> pd.Series:
        """Return values, `None` where empty, with the type of the column."""

    def encode(self, cells: pd.Series, rng: np.random.Generator) -> np.ndarray:
        """Return float64 `(n, width)` of cells, empty ones too."""
        values, gone = self.read(cells)
        if not self.width:
            return np.zeros((len(values), 0))
        filled = np.where(gone, self.anything(len(values), rng), values)
        parts = [self.numbers(filled)]
        if self.flagged:
            parts.insert(0, one_hot(gone, self.missing)[:, None])
        return np.concatenate(parts, axis=1)

    def given(self, cells: pd.Series, rng: np.random.Generator) -> np.ndarray:
        """Return `(n, width)` with NaN where a value is to be found: that of an empty cell."""
        values, gone = self.read(cells)
        if not self.width:
            return np.zeros((len(values), 0))
        filled = np.where(gone, self.anything(len(values), rng), values)
        found = np.where(gone[:, None], np.nan, self.numbers(filled))
        if self.flagged:  # what is to be found is a value
            there = one_hot(np.zeros(len(gone), bool), self.missing)
            found = np.concatenate([there[:, None], found], axis=1)
        return found

    def decode(self, numbers: np.ndarray, filled: bool = False) -> pd.Series:
        """Return the cells of `(n, width)`; `filled`: none is empty."""
        n = len(numbers)
        if self.missing == 1:
            gone = np.ones(n, bool)
            return self.series(self._emptied(np.full(n, None, object), gone))
        values = self.words(self.found(numbers[:, self.flagged :]))
        gone = np.zeros(n, bool)
        if self.flagged and not filled:
            gone = from_one_hot(numbers[:, 0], self.missing) > 0.5
        return self.series(self._emptied(values, gone))

    def typed(self, cells: pd.Series) -> pd.Series:
        """Return cells of the file as `decode` would return them."""
        values, gone = self.read(cells)
        kept = np.where(gone, self.anything(len(values), np.random.default_rng(0)), values)
        words = np.full(len(gone), None, object) if self.missing == 1 else self.words(kept)
        return self.series(self._emptied(words, gone))

    def _emptied(self, values: np.ndarray, gone: np.ndarray) -> np.ndarray:
        values = values.astype(object)
        values[gone] = self.empty or None
        return values

    def to_json(self) -> dict[str, Any]:
        """Return the column as JSON types, with its kind."""
        return {"kind": type(self).__name__.removesuffix("Column").lower(), **self._fields()}

    def _fields(self) -> dict[str, Any]:
        found = dataclasses.asdict(self)
        return {key: list(v) if isinstance(v, tuple) else v for key, v in found.items()}


def one_hot(there: np.ndarray, share: np.ndarray | float) -> np.ndarray:
    """Return 1 and 0 as numbers of mean 0 and, where no class is rare, unit variance.

    Args:
        there: Of one class `(n,)`, or one-hot `(n, k)`.
        share: How often it is 1, of each class.

    Example:
        >>> one_hot(np.array([True, False]), 0.5).tolist()
        [1.0, -1.0]
    """
    found: np.ndarray = (there - np.asarray(share)) / _scale(share)
    return found


def from_one_hot(numbers: np.ndarray, share: np.ndarray | float) -> np.ndarray:
    """Return numbers of `one_hot` as about 1 and 0."""
    found: np.ndarray = numbers * _scale(share) + np.asarray(share)
    return found


def _scale(share: np.ndarray | float) -> float:
    return max(float(np.sqrt(np.mean(np.asarray(share) * (1 - np.asarray(share))))), _NARROWEST)


def spelling_of_nothing(cells: pd.Series, gone: np.ndarray) -> str:
    """Return the word that most empty cells of a column hold, `""` where they hold nothing."""
    if cells.dtype.kind in "iufbM" or not gone.any():
        return ""
    found = pd.Series(as_text(cells[gone])).fillna("").value_counts()
    word = str(found.index[0])
    return word if word in MISSING else ""
