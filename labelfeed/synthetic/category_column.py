"""Columns of words, of yes and no, and of ids."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from labelfeed.data.dataset import DataError
from labelfeed.data.labelling import as_text
from labelfeed.labels.nearest import listed, nearest, plain_spelling
from labelfeed.labels.words import EMPTY, MISSING
from labelfeed.synthetic.cells import CellColumn, from_one_hot, one_hot, spelling_of_nothing

__all__ = ["CategoryColumn", "IdColumn"]

_ONE_HOT = 32  # classes; more of them share one number
_NUMBERED = re.compile(r"(\D*)(\d{1,15})")


@dataclasses.dataclass(frozen=True)
class CategoryColumn(CellColumn):
    """A column of words: two are one number of two values; up to 32 one-hot.

    More classes are intervals of one standard normal number, the frequent ones first.

    Args:
        name: As for `CellColumn`.
        missing: As for `CellColumn`.
        empty: As for `CellColumn`.
        values: The words as the file writes them, the most frequent first.
        shares: How frequent each is among the cells that are not empty.
        boolean: Whether they are true and false of a typed file, no text.

    Example:
        >>> made = CategoryColumn.fit(pd.Series(["GB", "DE", None, "DE"], name="country"))
        >>> made.decode(made.encode(pd.Series(["GB", None]), np.random.default_rng(0))).tolist()
        ['GB', None]
    """

    values: tuple[str, ...]
    shares: tuple[float, ...]
    boolean: bool

    @classmethod
    def fit(cls, cells: pd.Series, values: tuple[str, ...] | None = None) -> CategoryColumn:
        """Learn from the cells of training rows.

        Args:
            cells: The cells.
            values: Words that are values here although they may mean missing.
        """
        texts = pd.Series(as_text(cells, MISSING.but(values)), dtype=object)
        gone = texts.isna().to_numpy()
        counts = texts.value_counts()
        shares = counts / max(int(counts.sum()), 1)
        boolean = pd.api.types.is_bool_dtype(cells.dtype)
        empty = spelling_of_nothing(cells, gone)
        return cls(str(cells.name), float(gone.mean()), empty, tuple(map(str, counts.index)),
                   tuple(map(float, shares)), boolean)  # fmt: skip

    def check(self) -> None:
        """Raise `ValueError` if words and shares do not fit each other."""
        if len(self.values) != len(self.shares) or len(set(self.values)) != len(self.values):
            raise ValueError("values and shares must be as many, each value once")
        if self.missing < 1 and not self.values:
            raise ValueError("a column with values must name them")
        if self.values and (min(self.shares) < 0 or abs(sum(self.shares) - 1) > 1e-6):
            raise ValueError("shares must sum to 1")

    @property
    def value_width(self) -> int:
        """None for a constant, one for two words or many, else one for each."""
        count = len(self.values)
        return 0 if count < 2 else 1 if count == 2 or count > _ONE_HOT else count

    def read(self, cells: pd.Series) -> tuple[np.ndarray, np.ndarray]:
        """Return which word each cell is, and which are empty."""
        texts = as_text(cells, MISSING.but(self.values))
        at = {value: place for place, value in enumerate(self.values)}
        plain = {} if all(text in at for text in texts if text is not None) else _once(self.values)
        ids = np.array([
            -1 if text is None else at.get(text, plain.get(plain_spelling(text), -2))
            for text in texts
        ], int)  # fmt: skip
        if (ids == -2).any():
            row = int(np.argmax(ids == -2))
            close = nearest(str(texts[row]), self.values)
            hint = f" Did you mean {close!r}?" if close is not None else ""
            shown = listed(self.values)
            raise DataError(
                f"{self.name!r} is {texts[row]!r} in no training row (there are: {shown}).{hint}",
                row=row + 1, column=self.name, value=texts[row],
            )  # fmt: skip
        return ids, ids == -1

    def seen(self, cells: pd.Series) -> pd.Series:
        """Return cells without words that no training row had; those are empty then."""
        texts = pd.Series(as_text(cells, MISSING.but(self.values)), dtype=object)
        return texts.where(texts.isin(self.values), None)

    def typed(self, cells: pd.Series) -> pd.Series:
        """Return cells of the file as `decode` would return them; unseen words stay."""
        texts = as_text(cells, MISSING.but(self.values))
        gone = np.array([text is None for text in texts], bool)
        words = np.array([t == "True" for t in texts], object) if self.boolean else texts
        return self.series(self._emptied(words, gone))

    def anything(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """Return n words, by place, as often as they stood in the rows."""
        return rng.choice(max(len(self.values), 1), n, p=self.shares or None)

    def numbers(self, values: np.ndarray) -> np.ndarray:
        """Return `(n, value_width)` of words, by place."""
        ids = values.astype(int)
        if not self.value_width:
            return np.zeros((len(ids), 0))
        if self._two:
            return one_hot(ids == 1, self.shares[1])[:, None]
        if self.value_width > 1:
            return one_hot(np.eye(len(self.values))[ids], np.array(self.shares))
        edges = self._edges()
        found: np.ndarray = ndtri((edges[ids] + edges[ids + 1]) / 2)[:, None]
        return found

    def found(self, numbers: np.ndarray) -> np.ndarray:
        """Return the words, by place, that numbers are nearest to."""
        if not self.value_width:
            return np.zeros(len(numbers), int)
        if self._two:
            return (from_one_hot(numbers[:, 0], self.shares[1]) > 0.5).astype(int)
        if self.value_width > 1:
            return np.argmax(from_one_hot(numbers, np.array(self.shares)), axis=1)
        return np.searchsorted(self._edges()[1:-1], ndtr(numbers[:, 0]), side="right")

    def words(self, values: np.ndarray) -> np.ndarray:
        """Return words of their places."""
        words = [value == "True" for value in self.values] if self.boolean else self.values
        found: np.ndarray = np.array([*words, None], object)[values.astype(int)]
        return found

    def series(self, values: np.ndarray) -> pd.Series:
        """Return words as objects, true and false of a typed file as such."""
        return pd.Series(values, dtype="boolean" if self.boolean else object, name=self.name)

    @property
    def _two(self) -> bool:
        return len(self.values) == 2

    def _edges(self) -> np.ndarray:
        edges = np.concatenate([[0.0], np.cumsum(self.shares)])
        edges[-1] = 1.0
        return edges


def _once(values: tuple[str, ...]) -> dict[str, int]:
    """Return the place of each word that no other differs from by case or spaces alone."""
    plain = [plain_spelling(value) for value in values]
    return {word: place for place, word in enumerate(plain) if plain.count(word) == 1}


@dataclasses.dataclass(frozen=True)
class IdColumn(CellColumn):
    """A column that names rows or groups of them: made anew, so that no id is of a real row.

    Args:
        name: As for `CellColumn`.
        missing: 0.
        empty: Empty.
        prefix: What stands before the number.
        first: Number of the first row that is made.
        digits: How many digits it has at least.

    Example:
        >>> made = IdColumn.fit(pd.Series(["P008", "P009"], name="patient"))
        >>> made.decode(np.zeros((2, 0))).tolist()
        ['P010', 'P011']
    """

    prefix: str
    first: int
    digits: int

    @classmethod
    def fit(cls, cells: pd.Series) -> IdColumn:
        """Go on after the greatest number; `synthetic-1` where ids are no numbers."""
        texts = [text for text in as_text(cells, EMPTY) if text is not None]
        found = [_NUMBERED.fullmatch(text) for text in texts]
        prefixes = {match[1] if match else None for match in found}
        if len(prefixes) != 1 or None in prefixes:
            return cls(str(cells.name), 0.0, "", "synthetic-", 1, 1)
        numbers = [match[2] for match in found if match]
        digits = min(map(len, numbers))
        return cls(
            str(cells.name), 0.0, "", str(prefixes.pop()), max(map(int, numbers)) + 1, digits
        )

    def check(self) -> None:
        """Raise `ValueError` if the first number is none."""
        if self.first < 0 or not 0 < self.digits < 20 or self.missing:
            raise ValueError("first must be >= 0, digits from 1 to 19, and missing 0")

    @property
    def value_width(self) -> int:
        """None: nothing is learned from ids."""
        return 0

    def read(self, cells: pd.Series) -> tuple[np.ndarray, np.ndarray]:
        """Return nothing of the cells."""
        return np.zeros(len(cells)), np.zeros(len(cells), bool)

    def anything(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """Return n zeros."""
        return np.zeros(n)

    def numbers(self, values: np.ndarray) -> np.ndarray:
        """Return `(n, 0)`."""
        return np.zeros((len(values), 0))

    def found(self, numbers: np.ndarray) -> np.ndarray:
        """Return n zeros."""
        return np.zeros(len(numbers))

    def words(self, values: np.ndarray) -> np.ndarray:
        """Return ids that go on after those of the file."""
        made = range(self.first, self.first + len(values))
        if not self.prefix and self.digits == 1:
            return np.array(made, object)
        return np.array([f"{self.prefix}{number:0{self.digits}d}" for number in made], object)

    def series(self, values: np.ndarray) -> pd.Series:
        """Return ids, whole numbers where the file has such."""
        plain = not self.prefix and self.digits == 1
        return pd.Series(values, dtype="Int64" if plain else object, name=self.name)
