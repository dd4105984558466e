"""The numbers of a column, whatever its cells are: numbers, text, or numbers among words."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from labelfeed.data.distinct import arrow_text, distinct
from labelfeed.labels.words import MISSING, MissingWords
from labelfeed.types import ArrowArray, Cells

__all__ = ["number", "number_cells"]

_PLAIN = r"^[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?$|^[+-]?\.[0-9]+([eE][+-]?[0-9]+)?$"


def number(text: str) -> float:
    """Return the number that a text is, NaN when it is none.

    Example:
        >>> number(" 1e3 "), number("1_000")
        (1000.0, nan)
    """
    try:
        return float(text) if "_" not in text else np.nan
    except ValueError:
        return np.nan


def number_cells(
    column: Cells, words: MissingWords = MISSING, read: Callable[[str], float] = number
) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers of a column, and which cells are there but no numbers.

    Args:
        column: Cells: numbers, true/false, text, or of several types.
        words: The words that mean missing.
        read: What a text is as a number, NaN if it is none; it must agree with `number` on numbers.

    Returns:
        float64 array `(n,)`, NaN where there is no number, and a boolean array `(n,)`.

    Example:
        >>> values, wrong = number_cells(pd.Series(["1.5", "NA", None, "x"]))
        >>> values.tolist(), wrong.tolist()
        ([1.5, nan, nan, nan], [False, False, False, True])
    """
    if isinstance(column, pd.Series) and column.dtype.kind in "iufb":
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
        return values, np.zeros(len(values), bool)
    text = arrow_text(column)
    if text is not None:
        return _of_text(text, words, read)
    found = distinct(column)
    cells = np.asarray(column, dtype=object) if found is None else np.array(found[1], object)
    values, wrong = _one_by_one(cells, words, read)
    if found is None:
        return values, wrong
    return np.append(values, np.nan)[found[0]], np.append(wrong, False)[found[0]]


def _of_text(
    text: ArrowArray, words: MissingWords, read: Callable[[str], float]
) -> tuple[np.ndarray, np.ndarray]:
    import pyarrow
    import pyarrow.compute

    try:
        cast = pyarrow.compute.cast(text, pyarrow.float64())
        values = _writable(cast)
        if np.count_nonzero(np.isnan(values)) == text.null_count:
            return values, np.zeros(len(values), bool)
    except pyarrow.ArrowInvalid:
        pass
    plain = pyarrow.compute.match_substring_regex(text, _PLAIN)
    plain = pyarrow.compute.fill_null(plain, False)
    kept = pyarrow.compute.if_else(plain, text, pyarrow.scalar(None, text.type))
    values = _writable(pyarrow.compute.cast(kept, pyarrow.float64()))
    wrong = np.zeros(len(values), bool)
    places, odd = pd.factorize(_odd(text, plain))
    if len(odd):
        read_odd, wrong_odd = _one_by_one(np.array(odd, object), words, read)
        there = places >= 0
        values[there] = read_odd[places[there]]
        wrong[there] = wrong_odd[places[there]]
    return values, wrong


def _odd(text: ArrowArray, plain: ArrowArray) -> pd.Series:
    """Return the cells that are no plain numbers, missing where they are."""
    import pyarrow
    import pyarrow.compute

    odd = pyarrow.compute.if_else(plain, pyarrow.scalar(None, text.type), text)
    series: pd.Series = odd.to_pandas()
    return series


def _writable(numbers: ArrowArray) -> np.ndarray:
    values: np.ndarray = numbers.to_numpy(zero_copy_only=False)
    return values if values.flags.writeable else values.copy()


def _one_by_one(
    cells: np.ndarray, words: MissingWords, read: Callable[[str], float]
) -> tuple[np.ndarray, np.ndarray]:
    missing = pd.isna(cells)
    texts = words.blanked(
        "" if gone else str(cell) for cell, gone in zip(cells, missing, strict=True)
    )
    values = np.array([np.nan if t is None else read(t) for t in texts], np.float64)
    present = np.array([t is not None for t in texts], bool)
    return values, np.isnan(values) & present
