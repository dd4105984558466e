"""What columns are, and rows as numbers: codes for trees, vectors for distances and lines."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from labelfeed.data.dataset import DataError, did_you_mean

__all__ = [
    "NO_WORD",
    "Coder",
    "Columns",
    "cell_words",
    "float_values",
    "holds_numbers",
    "plain_frame",
]

_MOST_CLASSES = 50  # a target of numbers with more values is cut into ranges
_RANGES = 5
_MOST_WORDS = 200  # a column of more different words is an id or a text, and is not judged
NO_WORD = "(missing)"


@dataclasses.dataclass(frozen=True)
class Columns:
    """The columns of the training rows.

    Attributes:
        target: The label columns.
        numbers: Numeric columns but the target.
        words: The other columns but the target.
        left_out: Columns that are not judged: nearly all their words differ.
    """

    target: tuple[str, ...]
    numbers: tuple[str, ...]
    words: tuple[str, ...]
    left_out: tuple[str, ...] = ()

    @classmethod
    def of(cls, train: pd.DataFrame, target: str | Sequence[str]) -> Columns:
        """Tell the columns of the training rows.

        Args:
            train: The rows.
            target: Name of the label column, or names.

        Raises:
            DataError: A target is not there, or there is nothing beside it.
        """
        names = (target,) if isinstance(target, str) else tuple(target)
        for name in names:
            if name not in train.columns:
                raise DataError(f"No column {name!r} in these rows.{did_you_mean(name, train)}")
        numbers, words, left_out = [], [], []
        for name in train.columns:
            if name in names:
                continue
            if holds_numbers(train[name]):
                numbers.append(name)
            elif train[name].nunique() > _MOST_WORDS:
                left_out.append(name)
            else:
                words.append(name)
        if not numbers and not words:
            raise DataError(f"No columns but {', '.join(names)}: there is nothing to judge.")
        return cls(names, tuple(numbers), tuple(words), tuple(left_out))

    @property
    def features(self) -> tuple[str, ...]:
        """The judged columns but the target."""
        return self.numbers + self.words


def holds_numbers(column: pd.Series) -> bool:
    """Return whether a column holds numbers; yes and no are words."""
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def float_values(column: pd.Series) -> np.ndarray:
    """Return a column as float `(n,)`, NaN where a cell is missing, no number or endless."""
    values: np.ndarray = pd.to_numeric(column, errors="coerce").to_numpy(float, na_value=np.nan)
    return np.where(np.isfinite(values), values, np.nan)


def plain_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows numbered anew, with dates as days since 1970."""
    frame = frame.reset_index(drop=True)
    for name in frame.columns:
        if pd.api.types.is_datetime64_any_dtype(frame[name]):
            days = (frame[name] - pd.Timestamp(0)) / pd.Timedelta(days=1)
            frame = frame.assign(**{name: days})
    return frame


def cell_words(column: pd.Series) -> np.ndarray:
    """Return the cells as text `(n,)`, `"(missing)"` where there is none; 3.0 and 3 are one word.

    Example:
        >>> import pandas as pd
        >>> cell_words(pd.Series([1.0, None, 2.0])).tolist()
        ['1', '(missing)', '2']
    """
    missing = column.isna().to_numpy()
    if holds_numbers(column):
        texts = np.array([f"{value:.12g}" for value in float_values(column)], dtype=object)
    else:
        texts = column.astype(object).map(str).to_numpy(dtype=object)
    texts[missing] = NO_WORD
    return texts


class Coder:
    """Rows as numbers, by what the training rows hold.

    Args:
        train: Training rows.
        columns: Which columns count, and as what.
    """

    def __init__(self, train: pd.DataFrame, columns: Columns) -> None:
        self.columns = columns
        values = self._values(train)
        with np.errstate(invalid="ignore"):
            self._shift = np.array([_finite(np.nanmean, column) for column in values.T])
            self._scale = np.array([_finite(np.nanstd, column) or 1.0 for column in values.T])
        self._missing = np.isnan(values).any(axis=0)  # a column that tells it, for each of these
        self._words = {name: np.unique(cell_words(train[name])) for name in columns.words}
        self._cuts: dict[str, np.ndarray] = {}
        self._classes: dict[str, np.ndarray] = {}
        for name in columns.target:
            if holds_numbers(train[name]) and train[name].nunique() > _MOST_CLASSES:
                inner = np.arange(1, _RANGES) / _RANGES
                self._cuts[name] = np.nanquantile(float_values(train[name]), inner)
            words = np.unique(self._target_words(train, name))
            self._classes[name] = words[words != NO_WORD]

    def classes(self, name: str) -> np.ndarray:
        """Return the classes of a target as text, in order."""
        return self._classes[name]

    def ids(self, frame: pd.DataFrame, name: str) -> np.ndarray:
        """Return the class ids `(n,)` of a target, -1 where missing, or never met in training."""
        return _ids(self._target_words(frame, name), self._classes[name])

    def codes(self, frame: pd.DataFrame, with_target: bool = False) -> np.ndarray:
        """Return float `(n, d)` for trees: values as they are, words as ids, NaN for missing."""
        parts = [self._values(frame)]
        for name in self.columns.words:
            ids = _ids(cell_words(frame[name]), self._words[name]).astype(float)
            ids[ids < 0] = len(self._words[name])  # a word that training never met is one more
            parts.append(ids[:, None])
        if with_target:
            for name in self.columns.target:
                ids = self.ids(frame, name).astype(float)
                ids[ids < 0] = len(self._classes[name])
                parts.append(ids[:, None])
        return np.concatenate(parts, axis=1)

    @property
    def of_words(self) -> np.ndarray:
        """Bool `(d,)`: which columns of `codes(frame, with_target=True)` are ids of words."""
        c = self.columns
        return np.repeat([False, True], [len(c.numbers), len(c.words) + len(c.target)])

    def vectors(self, frame: pd.DataFrame, with_target: bool = False) -> np.ndarray:
        """Return float `(n, d)`: numbers in training's standard deviations, words as one-hot.

        Two different words are 1 apart; a missing number is the mean with a column that tells.
        """
        values = (self._values(frame) - self._shift) / self._scale
        missing = np.isnan(values)
        parts = [np.where(missing, 0.0, values), missing[:, self._missing].astype(float)]
        for name in self.columns.words:
            known = self._words[name]
            parts.append(_one_hot(_ids(cell_words(frame[name]), known), len(known)))
        if with_target:
            for name in self.columns.target:
                parts.append(_one_hot(self.ids(frame, name), len(self._classes[name])))
        return np.concatenate(parts, axis=1)

    def _values(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the numbers `(n, d)`, NaN where a cell is missing, no number or endless."""
        values = np.empty((len(frame), len(self.columns.numbers)))
        for place, name in enumerate(self.columns.numbers):
            values[:, place] = float_values(frame[name])
        return values

    def _target_words(self, frame: pd.DataFrame, name: str) -> np.ndarray:
        if name not in self._cuts:
            return cell_words(frame[name])
        values = float_values(frame[name])
        ranges = np.searchsorted(self._cuts[name], values).astype(str).astype(object)
        ranges[np.isnan(values)] = NO_WORD
        return ranges


def _ids(words: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return where each word stands in `known`, which is in order; -1 where it does not."""
    if not len(known):
        return np.full(len(words), -1)
    at = np.minimum(np.searchsorted(known, words), len(known) - 1)
    ids: np.ndarray = np.where(known[at] == words, at, -1)
    return ids


def _one_hot(ids: np.ndarray, size: int) -> np.ndarray:
    """Return `(n, size)` with 1 / sqrt(2) at each id, so that two of them are 1 apart."""
    hot: np.ndarray = np.eye(size + 1)[ids][:, :size] / math.sqrt(2)
    return hot


def _finite(reduce: Callable[[np.ndarray], float], column: np.ndarray) -> float:
    return float(reduce(column)) if np.isfinite(column).any() else 0.0
