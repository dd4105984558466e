"""One raw table column each: learned from training rows, then applied to any rows."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from labelfeed.data.dataset import DataError
from labelfeed.data.date_column import Dates
from labelfeed.data.distinct import distinct
from labelfeed.data.label_cells import means_missing
from labelfeed.data.labelling import as_text
from labelfeed.data.number_cells import number, number_cells
from labelfeed.data.unseen import check_known
from labelfeed.labels.words import EMPTY, MISSING, MissingWords, other_word, yes_no
from labelfeed.types import Cells

__all__ = ["Category", "Numeric", "fit_column"]

_MOST_CATEGORIES = 100
_LIMIT = 1e6  # a standardised value beyond says nothing more, and float32 must not overflow


@dataclasses.dataclass(frozen=True)
class Numeric:
    """A column of numbers or true/false: median imputation, standardisation.

    Args:
        name: The column's name.
        median: What a missing value is replaced by.
        mean: Mean after imputation.
        scale: Standard deviation after imputation, positive.
        indicator: Whether a second output tells missing (1) from present (0).
        words: Whether the column was yes/no in training (true/false, y/n, ...), so that these words
            are 1/0.
    """

    name: str
    median: float
    mean: float
    scale: float
    indicator: bool
    words: bool = False

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the columns of `apply`."""
        return (self.name, f"{self.name} missing")[: 1 + self.indicator]

    def apply(self, column: Cells) -> np.ndarray:
        """Return float32 of shape `(n, 1)` or, with the missing indicator, `(n, 2)`."""
        values = _numbers(column, self.name, self.words)
        missing = np.isnan(values)
        filled = np.where(missing, self.median, values)
        with np.errstate(over="ignore"):
            scaled = np.clip((filled - self.mean) / self.scale, -_LIMIT, _LIMIT)
        out = [scaled, missing] if self.indicator else [scaled]
        return np.stack(out, axis=1).astype(np.float32)


@dataclasses.dataclass(frozen=True)
class Category:
    """A column of words: one-hot, with a last slot for other and missing values.

    Args:
        name: The column's name.
        values: Categories seen in training, sorted; compared as text.
        other: Whether a training row had a missing value. If none had, the weights of the last
            slot never learned anything, so missing and unseen values become all zeros instead.
    """

    name: str
    values: tuple[str, ...]
    other: bool

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the columns of `apply`."""
        return (*(f"{self.name}={v}" for v in self.values), f"{self.name} other/missing")

    def apply(self, column: Cells) -> np.ndarray:
        """Return float32 of shape `(n, len(values) + 1)`.

        Raises:
            DataError: Not one value is known; see `check_known`.
        """
        last = len(self.values)
        known = {value: i for i, value in enumerate(self.values)}
        words = MISSING.but(self.values)
        found = distinct(column)
        texts = as_text(column if found is None else found[1], words)
        ids = np.array([last if t is None else known.get(t, last) for t in texts], int)
        if found is not None:
            ids = np.append(ids, last)[found[0]]
        if not (ids < last).any():
            rows = getattr(column, "index", None)
            check_known(as_text(column, words).tolist(), self.values, self.name, rows)
        out = np.zeros((len(ids), last + 1), np.float32)
        out[np.arange(len(ids)), ids] = 1.0
        if not self.other:
            out[:, last] = 0.0
        return out


def fit_column(column: pd.Series) -> Numeric | Category | Dates | str:
    """Learn one column from training rows.

    Args:
        column: Raw values: numbers, booleans, words, numbers as text, or dates (`datetime64`).

    Returns:
        The fitted column, or the reason why it is left out.

    Raises:
        DataError: An infinite number, or a few words in a column of numbers; names the row.
    """
    name = str(column.name)
    if column.dtype.kind == "M":
        return Dates.fit(column)
    if column.dtype.kind in "mc" or isinstance(column.dtype, pd.PeriodDtype):
        return "spans of time and complex numbers are not read"
    if pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype):
        return _fit_numeric(column, name, pd.api.types.is_bool_dtype(column.dtype))
    if any(isinstance(v, (list, tuple, dict, set, np.ndarray)) for v in column.iloc[:100]):
        return "lists are not read"
    values, wrong = number_cells(column)
    found = distinct(column)
    cells = column if found is None else pd.Series(found[1], dtype=object)
    words = MISSING
    numbers = values[~np.isnan(values)]
    few = wrong.any() or (numbers.size and np.all(numbers == numbers[0]))
    if few and not means_missing({text for text in _cells(cells) if text is not None}):
        words = EMPTY  # `NA` beside words may be one of them
        values, wrong = number_cells(column, words)
    present = wrong | ~np.isnan(values)
    if not present.any():
        return "no value in any training row"
    if not wrong.any():
        return _fit_numeric(column, name)
    texts = _cells(cells, words)
    there = [t for t in texts if t is not None]
    if _is_yes_no(there):
        return _fit_numeric(column, name, words=True)
    rows, count = int(present.sum()), len(set(there))
    unique = count == rows and count > 10
    if count > _MOST_CATEGORIES or unique:
        if rows - wrong.sum() >= 0.9 * rows:
            _numbers(column, name)  # tells the first word among the numbers
        kind = "all different" if unique else f"more than {_MOST_CATEGORIES}"
        return f"{count} different texts ({kind}, such as {there[0]!r}): like an identifier"
    categories = tuple(sorted(set(as_text(column, words).tolist()) - {None}))
    missing = rows < len(column)
    if len(categories) == 1 and not missing:
        return f"always {categories[0]!r}"
    return Category(name, categories, missing)


def _cells(column: Cells, words: MissingWords = MISSING) -> list[str | None]:
    """Return cells as stripped text, `None` where missing."""
    cells = np.asarray(column, dtype=object)
    missing = pd.isna(cells)
    texts = ("" if gone else str(cell) for cell, gone in zip(cells, missing, strict=True))
    return words.blanked(texts)


def _is_yes_no(texts: list[str]) -> bool:
    """Tell whether all are yes or no, in words that go together: `f` may be half of f and m."""
    words = {text.lower() for text in set(texts)}
    if any(yes_no(word) is None for word in words):
        return False
    return words <= {"true", "false", "yes", "no"} or any(other_word(w) in words for w in words)


def _fit_numeric(column: pd.Series, name: str, words: bool = False) -> Numeric | str:
    values = _numbers(column, name, words)
    present = values[~np.isnan(values)]
    if not present.size:
        return "no value in any training row"
    missing = present.size < values.size
    if not missing and _counts_rows(values, column.index):
        return "counts the rows one by one: like an identifier"
    median = float(np.median(present))
    filled = np.where(np.isnan(values), median, values)
    size = max(float(np.abs(filled).max()), 1e-300)
    mean = float(np.mean(filled / size)) * size
    scale = float(np.std(filled / size)) * size  # divided first: squares could overflow
    if scale <= 1e-10 * size:
        if not missing:
            return f"always {present[0]:g}"
        scale = 1.0
    return Numeric(name, median, mean, scale, missing, words)


def _counts_rows(values: np.ndarray, rows: pd.Index) -> bool:
    """Tell whether the values are the row numbers, up to where they start."""
    if len(values) <= 10 or rows.dtype.kind not in "iu":
        return False
    return bool(np.ptp(values - rows.to_numpy()) == 0)


def _numbers(column: Cells, name: str, words: bool = False) -> np.ndarray:
    """Return float64 of shape `(n,)`, NaN where missing; refuse text and infinity."""
    read = _number_or_word if words else number
    values, wrong = number_cells(column, read=read)
    if wrong.any():
        what = "true, false, yes, no or an empty cell" if words else "a number or an empty cell"
        _refuse(column, int(np.argmax(wrong)), name, what)
    infinite = np.flatnonzero(np.isinf(values))
    if infinite.size:
        _refuse(column, int(infinite[0]), name, "a finite number")
    return values


def _refuse(column: Cells, position: int, name: str, expected: str) -> None:
    series = column if isinstance(column, pd.Series) else pd.Series(column)
    value = series.iloc[position]
    row = series.index[position]
    row = row.item() if isinstance(row, np.generic) else row
    raise DataError(row=row, column=name, value=value, expected=expected)


def _number_or_word(text: str) -> float:
    """Return 1 for yes, 0 for no, else the number."""
    state = yes_no(text)
    return number(text) if state is None else float(state)
