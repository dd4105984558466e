"""What each column of a table is, as training would read it, and what stands in it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from labelfeed.data.classes import natural
from labelfeed.data.columns import Category, Numeric, fit_column
from labelfeed.data.dataset import DataError
from labelfeed.data.date_column import Dates
from labelfeed.data.dates import date_format
from labelfeed.data.labelling import as_text
from labelfeed.data.odd_cells import feature_notes
from labelfeed.data.written_numbers import plain_numbers
from labelfeed.labels.words import MISSING

__all__ = ["Column", "describe", "named_ranges", "percent", "row_sample"]

Kind = Literal[
    "number", "yes/no", "category", "date", "identifier", "text", "constant", "empty", "unread"
]
_CELLS = 2_000_000  # looked at in all; wide tables by fewer rows
_WORDS = 4  # words that a line names
_FEW_WORDS = 2  # among numbers, and often there, may mean that one is missing
_LONGEST = 24  # characters of a word in a line


@dataclasses.dataclass(frozen=True)
class Column:
    """A column of a file.

    Args:
        name: Its name.
        kind: What training would read it as; `"identifier"` where every cell is another one,
            `"text"` where there are too many words for categories, `"unread"` where it would stop.
        values: What stands in it, in a few words.
        different: How many different values were seen in the sample.
        missing: Share of empty cells in [0, 1].
        whole: Whether it is numbers, all of them whole.
        options: Options of `labelfeed train` that the column needs to be read, such as
            `("--dates", "visit")`.
        trouble: Why training would stop, or leave the column out though it says something.
    """

    name: str
    kind: Kind
    values: str
    different: int
    missing: float
    whole: bool = False
    options: tuple[str, ...] = ()
    trouble: str = ""


def row_sample(rows: int, columns: int) -> np.ndarray:
    """Return positions of the rows that are looked at: all, or evenly spread ones."""
    most = int(np.clip(_CELLS / max(columns, 1), 500, 20_000))
    return np.arange(rows) if rows <= most else np.linspace(0, rows - 1, most).astype(int)


def describe(frame: pd.DataFrame, semicolons: bool = False) -> tuple[Column, ...]:
    """Return what each column is.

    Args:
        frame: Raw columns of a file; of large ones a sample of the rows is looked at.
        semicolons: Whether semicolons separate its cells, so that commas may be decimal.

    Example:
        >>> rows = pd.DataFrame({"age": ["30", "41", None], "sex": ["f", "m", "m"]})
        >>> [(c.kind, c.values) for c in describe(rows)]
        [('number', '30 to 41'), ('category', 'm 67%, f 33%')]
    """
    rows = row_sample(len(frame), frame.shape[1])
    sample = frame.iloc[rows]
    sample.index = pd.Index(rows + 1)
    missing = frame.isna().mean().to_numpy()
    plain, _ = plain_numbers(sample, None, semicolons)
    return tuple(
        _described(sample[name], plain[name], semicolons, float(missing[place]))
        for place, name in enumerate(frame.columns)
    )


def _described(raw: pd.Series, column: pd.Series, semicolons: bool, missing: float) -> Column:
    name = str(raw.name)
    if column.dtype.kind not in "iufbmMc":
        numbers = pd.to_numeric(column, errors="coerce")
        if numbers.notna().any() and numbers.notna().equals(column.notna()):
            column = numbers  # the same to every reader, and quicker
    if odd := _otherwise(column, missing) or _words_among_numbers(column, semicolons, missing):
        return odd
    try:
        fitted = fit_column(column)
    except DataError as error:
        return Column(name, "unread", "", 0, missing, trouble=str(error))
    if isinstance(fitted, Dates):
        days = column.dropna()
        return Column(name, "date", f"{days.min().date()} to {days.max().date()}",
                      int(days.nunique()), missing)  # fmt: skip
    if isinstance(fitted, Numeric):
        return _number(raw, column, fitted, missing)
    if isinstance(fitted, Category):
        return Column(name, "category", _shares(column), len(fitted.values), missing)
    return _left_out(column, fitted, missing)


def _number(raw: pd.Series, column: pd.Series, fitted: Numeric, missing: float) -> Column:
    if fitted.words:
        return Column(fitted.name, "yes/no", _shares(raw), 2, missing)
    numbers = pd.to_numeric(column, errors="coerce").dropna()
    different = int(numbers.nunique())
    whole = bool((numbers % 1 == 0).all())
    if set(numbers.unique()) <= {0, 1}:
        return Column(fitted.name, "yes/no", _shares(raw), different, missing, whole)
    if whole and different <= min(_WORDS, len(numbers) / 4):
        values = _shares(column)
    else:
        values = f"{numbers.min():.4g} to {numbers.max():.4g}"
    return Column(fitted.name, "number", values, different, missing, whole)


def _left_out(column: pd.Series, reason: str, missing: float) -> Column:
    """Return a column that training leaves out."""
    name, present = str(column.name), column.dropna()
    different = 0 if _lists(present) else int(present.nunique())
    example = f"such as {_short(present.iloc[0])}" if len(present) else ""
    kind: Kind = "unread"
    if reason.startswith("always"):
        kind, example = "constant", reason
    elif reason.startswith("no "):
        kind, example = "empty", ""
    elif "counts the rows" in reason:
        kind, example = "identifier", "counts the rows"
    elif "all different" in reason:
        kind = "identifier"
    elif "different texts" in reason:
        kind = "text"
        example = f"{different:,} different, {example}"
    return Column(name, kind, example, different, missing)


def _otherwise(column: pd.Series, missing: float) -> Column | None:
    """Return a column of dates or numbers in a spelling that has to be declared."""
    name = str(column.name)
    frame = column.to_frame()
    note = feature_notes(frame, stop=False).get(column.name, "")
    if "looks like dates" in note:
        texts = [t for t in as_text(column.drop_duplicates()) if t is not None]
        found = date_format(texts)
        different = len(texts)
        values = f"such as {_short(texts[0])}"
        if len(found) == 1:
            return Column(name, "date", values, different, missing, options=("--dates", name))
        trouble = "looks like dates, in more than one spelling"
        if found:
            trouble = (
                f"{texts[0]!r} and every other cell can be day/month or month/day: say which with "
                f"--dates {name}=dmy or --dates {name}=mdy"
            )
        return Column(name, "date", values, different, missing, trouble=trouble)
    if "looks like numbers" in note:
        reads = [d for d in (".", ",") if plain_numbers(frame, d, False)[1]]
        present = column.dropna()
        values, different = f"such as {_short(present.iloc[0])}", int(present.nunique())
        if len(reads) == 1:
            return Column(name, "number", values, different, missing,
                          options=("--decimal", reads[0]))  # fmt: skip
        trouble = "looks like numbers in a spelling that is not read"
        if reads:
            trouble = "its commas may be decimal or thousands: say --decimal , or --decimal ."
        return Column(name, "number", values, different, missing, trouble=trouble)
    return None


def _words_among_numbers(column: pd.Series, semicolons: bool, missing: float) -> Column | None:
    """Return a column of numbers but for a word or two that stand there often, such as `k.A.`."""
    if column.dtype.kind in "iufbmMc" or _lists(column):
        return None
    cells = column.dropna().astype(str).str.strip()
    texts = cells[pd.to_numeric(cells, errors="coerce").isna() & ~cells.str.contains(r"\d")]
    counts = texts[[text not in MISSING for text in texts]].value_counts()
    if not 0 < len(counts) <= _FEW_WORDS or counts.min() < 2 or counts.sum() > 0.5 * len(cells):
        return None
    rest = cells[~cells.isin(counts.index)]
    read, _ = plain_numbers(rest.to_frame(), None, semicolons)
    numbers = pd.to_numeric(read.iloc[:, 0], errors="coerce")
    numbers = numbers[[text not in MISSING for text in rest]]
    if numbers.isna().any() or numbers.nunique() <= _FEW_WORDS:
        return None
    values = f"{numbers.min():.4g} to {numbers.max():.4g}"
    words = tuple(str(word) for word in counts.index)
    return Column(str(column.name), "number", values, int(numbers.nunique()), missing,
                  options=("--missing", *words))  # fmt: skip


def _lists(column: pd.Series) -> bool:
    return any(isinstance(v, (list, tuple, dict, set, np.ndarray)) for v in column.head(100))


def _shares(column: pd.Series) -> str:
    """Return the most frequent values with their shares, such as `m 60%, f 40%`."""
    cells = column.dropna().value_counts()
    texts = pd.Series(as_text(cells.index), dtype=object)
    counts = cells.groupby(texts.to_numpy()).sum()
    order = sorted(counts.index, key=lambda text: (-counts[text], natural(text)))
    shown = [f"{_short(t)} {percent(counts[t] / counts.sum())}" for t in order[:_WORDS]]
    more = f", ... ({len(order)} values)" if len(order) > _WORDS else ""
    return ", ".join(shown) + more


def percent(share: float) -> str:
    """Return a share in whole percent; what is some is not called 0%, nor what is not all 100%.

    Example:
        >>> percent(0.004), percent(0.5), percent(0.999)
        ('<1%', '50%', '>99%')
    """
    if 0 < share < 0.005:
        return "<1%"
    return ">99%" if 0.995 <= share < 1 else f"{share:.0%}"


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def named_ranges(names: Sequence[str], all_names: Sequence[str], most: int = 60) -> str:
    """Return names as a line shows them: neighbours in the file as `x1..x9`, of many the first.

    Args:
        names: Names, in the order of the file.
        all_names: All columns of the file.
        most: Characters, about.

    Example:
        >>> named_ranges(["x1", "x2", "x3", "age"], ["id", "x1", "x2", "x3", "sex", "age"])
        'x1..x3, age'
    """
    place = {name: position for position, name in enumerate(all_names)}
    runs: list[list[str]] = []
    for name in names:
        if runs and place[name] == place[runs[-1][-1]] + 1:
            runs[-1].append(name)
        else:
            runs.append([name])
    parts = [p for run in runs for p in ([f"{run[0]}..{run[-1]}"] if len(run) > 2 else run)]
    shown: list[str] = []
    for part in parts:
        if shown and len(", ".join([*shown, part])) > most:
            return ", ".join([*shown, "..."])
        shown.append(part)
    return ", ".join(shown)
