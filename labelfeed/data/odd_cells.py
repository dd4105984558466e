"""Cells that look like something else than what they are read as: a line for each column."""

from __future__ import annotations

import re
import shlex
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NoReturn

import numpy as np
import pandas as pd

from labelfeed.data.dataset import DataError
from labelfeed.labels.nearest import plain_spelling
from labelfeed.labels.words import MISSING, yes_no

__all__ = ["cell_notes", "feature_notes", "joined_by"]

_SEPARATORS = ("|", ";", ",", "/")
_MOST_CATEGORIES = 100  # as in columns.py: more different words are left out of training
_MOST_VALUES = 1000  # more different words than that are no classes or categories
_SAMPLE = 2000  # values that decide what a column looks like
_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?"
    r"|\d{1,2}[-/.]\d{1,2}[-/.](\d{2}|\d{4})( \d{1,2}:\d{2}(:\d{2})?)?"
    r"|\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{2,4}|[A-Za-z]{3,9} \d{1,2}, \d{4}"
)
_NUMBER = r"[+-]?(\d+([.,]\d+)?|\d{1,3}([,.' ]\d{3})+([.,]\d+)?|[.,]\d+)"
_DRESSED = re.compile(rf"[$€£¥]? ?{_NUMBER} ?(%|[$€£¥]|[A-Za-zµ°]{{1,3}})?")


def cell_notes(name: str, texts: Sequence[str | None] | np.ndarray, what: str) -> tuple[str, ...]:
    """Return what is odd about the values of a label column that are read as classes.

    Args:
        name: The column.
        texts: Each row's value as text, `None` where missing.
        what: What it is, `"target"` or `"label"`.

    Example:
        >>> cell_notes("state", ["Sick", "sick", "Well"], "target")
        ("target 'state': 'Sick' and 'sick' differ only in case or spaces: classes of their own",)
    """
    counts = Counter(text for text in texts if text is not None)
    if len(counts) > _MOST_VALUES:
        return ()
    spelt = _spelt_alike(counts)
    notes = [f"{what} {name!r}: {spelt}: classes of their own"] if spelt else []
    found = joined_by(counts)
    if found is not None:
        separator, share = found
        joined = [text for text in counts if separator in text]
        parts = {part.strip() for text in counts for part in text.split(separator)}
        notes.append(
            f"{what} {name!r}: {share:.0%} of the cells hold {separator!r}, such as "
            f"{max(joined, key=lambda t: counts[t])!r}: several labels in one cell "
            f"(--separator {separator!r})? Here each of the {len(counts)} combinations of "
            f"{len(parts)} words is a class"
        )
    return tuple(notes)


def joined_by(counts: Counter[str]) -> tuple[str, float] | None:
    """Return what separates the labels of cells that hold several, and the share of such cells.

    Args:
        counts: How often each text stands in the column.

    Example:
        >>> joined_by(Counter({"a|b": 3, "a": 5, "b": 2})), joined_by(Counter({"a": 5, "b": 2}))
        (('|', 0.3), None)
    """
    for separator in _SEPARATORS:
        joined = {text: text.split(separator) for text in counts if separator in text}
        share = sum(counts[text] for text in joined) / max(counts.total(), 1)
        if share >= 0.02 and _recombined(list(joined.values()), counts):
            return separator, share
    return None


def feature_notes(features: pd.DataFrame, stop: bool = True) -> dict[str, str]:
    """Return what is odd about the cells of feature columns: a line by the name of its column.

    Args:
        features: Raw columns.
        stop: Whether to raise where a column would be left out of training that is no identifier.

    Raises:
        DataError: Numbers in another spelling, or dates, would be left out like an identifier.

    Example:
        >>> rows = pd.DataFrame({"day": [20200101, 20201231], "sex": ["Male", "male"]})
        >>> for line in feature_notes(rows).values():
        ...     print(line)
        column 'day' looks like dates (20200101), but is read as a number: --dates day reads them
        column 'sex': 'Male' and 'male' differ only in case or spaces: categories of their own
    """
    found = {name: _feature_note(features[name], stop) for name in features.columns}
    return {name: f"column {str(name)!r}{line}" for name, line in found.items() if line}


def _feature_note(column: pd.Series, stop: bool) -> str | None:
    if column.dtype.kind in "iuf":
        return _number_note(column.dropna().head(_SAMPLE))
    if column.dtype.kind in "bmMc":
        return None
    if any(isinstance(v, (list, tuple, dict, set, np.ndarray)) for v in column.head(100)):
        return None
    some = column.iloc[:: max(len(column) // _SAMPLE, 1)].dropna()
    numbers = pd.to_numeric(some, errors="coerce")
    if len(some) and numbers.notna().all():
        return _number_note(numbers.head(_SAMPLE))
    unique = column.drop_duplicates().dropna().head(_MOST_VALUES + _SAMPLE).astype(str)
    words = list(dict.fromkeys(text.strip() for text in unique if text not in MISSING))
    if not words:
        return None
    numbers = pd.to_numeric(pd.Series(words[:_SAMPLE], dtype=object), errors="coerce")
    if numbers.notna().all():
        return _number_note(numbers)
    first = words[0]
    if all(_DATE.fullmatch(word) for word in words[:_SAMPLE]):
        if stop and _left_out(words, column):
            _refuse_dates(str(column.name), first)
        return f" looks like dates ({first!r}), but is read as words: {_ask_dates(column.name)}"
    dressed = [bool(_DRESSED.fullmatch(word)) for word in words[:_SAMPLE]]
    bare = int(numbers.notna().sum())
    if len(words) > 10 and all(dressed) and bare <= 0.9 * len(dressed):
        odd = words[int(np.argmax(numbers.isna()))]
        if stop and _left_out(words, column):
            _refuse_numbers(str(column.name), odd)
        return f" looks like numbers ({odd!r}), but is read as words: write plain numbers, as 12.5"
    if len(words) > _MOST_VALUES or all(yes_no(word) is not None for word in words):
        return None
    spelt = _spelt_alike(words)
    return f": {spelt}: categories of their own" if spelt else None


def _left_out(words: Sequence[str], column: pd.Series) -> bool:
    """Tell whether training would leave a column of so many different words out."""
    return len(words) > _MOST_CATEGORIES or (len(words) > 10 and len(words) == len(column))


def _ask_dates(name: object) -> str:
    return f"--dates {shlex.quote(str(name))} reads them"


def _refuse_dates(name: str, value: str) -> NoReturn:
    """Stop before a column of dates is left out of training as an identifier."""
    option = shlex.quote(name)
    raise DataError(
        f"The column {name!r} looks like dates, such as {value!r}, and words so different are not "
        f"read. Read it as dates (--dates {option}) or leave it out (--drop {option}).",
        column=name,
        value=value,
        expected="dates that are declared",
    )


def _refuse_numbers(name: str, value: str) -> NoReturn:
    """Stop before a column of numbers is left out of training as an identifier."""
    expected = "a plain number, such as 12.5"
    what = (
        f"The column {name!r} looks like numbers, but none that are read: got {value!r}; expected"
    )
    raise DataError(
        f"{what} {expected}. Say how they are written (--decimal , for 12.573,0; --decimal . for "
        f"12,573.0 and 12.6%) or leave the column out (--drop {name!r}).",
        column=name,
        value=value,
        expected=expected,
    )


def _number_note(numbers: pd.Series) -> str | None:
    """Return a line about whole numbers such as 20200101, all of them days of a calendar."""
    inside = len(numbers) > 1 and bool(numbers.between(19000101, 21001231).all())
    if not inside or not bool((numbers % 1 == 0).all()):
        return None
    texts = numbers.astype("int64").astype(str)
    if pd.to_datetime(texts, format="%Y%m%d", errors="coerce").isna().any():
        return None
    what = f" looks like dates ({texts.iloc[0]}), but is read as a number"
    return f"{what}: {_ask_dates(numbers.name)}"


def _spelt_alike(words: Counter[str] | Sequence[str]) -> str:
    groups = defaultdict(list)
    for word in words:
        groups[plain_spelling(word)].append(word)
    alike = [" and ".join(map(repr, sorted(g))) for g in groups.values() if len(g) > 1]
    if not alike:
        return ""
    more = f", and {len(alike) - 3} more" if len(alike) > 3 else ""
    return f"{', '.join(alike[:3])}{more} differ only in case or spaces"


def _recombined(joined: list[list[str]], counts: Counter[str]) -> bool:
    """Tell whether the parts of cells come back, alone or in other cells."""
    cells = Counter(part.strip() for parts in joined for part in set(parts))
    if "" in cells or not joined:
        return False
    back = [part for part, number in cells.items() if number > 1 or part in counts]
    return len(back) > len(cells) / 2
