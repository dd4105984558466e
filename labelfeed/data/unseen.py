"""New rows against the columns of training: values and whole columns that it never saw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from labelfeed.data.dataset import DataError
from labelfeed.data.labelling import as_text
from labelfeed.labels.nearest import listed, nearest, plain_spelling
from labelfeed.labels.words import MISSING, MissingWords

__all__ = ["absent_labels", "check_known", "meant", "unseen_notes"]

_FEW = 10  # rows: so many different people may all be from towns that training never saw
_FIRST = 100  # cells that mostly tell whether a column is empty
_SHOWN = 5  # unseen values that a line names


def absent_labels(names: Sequence[str], columns: Sequence[str] | pd.Index) -> tuple[str, ...]:
    """Return a line for each label column that is not there though others are, or a near name is.

    Args:
        names: The label columns of a run.
        columns: The columns of a file.

    Example:
        >>> absent_labels(["cough", "fever"], ["age", "cough", "Fever"])
        ("there is no label column 'fever': unknown in every row (did you mean 'Fever'?)",)
    """
    others = [c for c in columns if c not in names]
    some = len(others) < len(columns)
    notes = []
    for name in names:
        close = nearest(name, others)
        if name not in columns and (some or close):
            hint = f" (did you mean {close!r}?)" if close else ""
            notes.append(f"there is no label column {name!r}: unknown in every row{hint}")
    return tuple(notes)


def meant(values: Iterable[str], known: Iterable[str]) -> str:
    """Return values as a line names them, each with the known value that it may be.

    Example:
        >>> meant(["male", "X"], ["Female", "Male"])
        "'male' (did you mean 'Male'?), 'X'"
    """
    known, values = list(known), list(values)
    parts = []
    for value in values[:_SHOWN]:
        close = nearest(value, known)
        parts.append(f"{value!r} (did you mean {close!r}?)" if close else repr(value))
    return ", ".join(parts) + (", ..." if len(values) > _SHOWN else "")


def check_known(texts: Sequence[str | None], known: Sequence[str], name: str, rows: object) -> None:
    """Refuse a column of words of which training saw not one: it is another column, or respelt.

    A few rows may well have only new values. They are refused only where every value differs from
    a known one in case or spaces alone.

    Args:
        texts: The cells, `None` where missing.
        known: The values of training.
        name: The column.
        rows: The index of the rows, for the message.

    Raises:
        DataError: No value is known; names the first row, and the nearest known value.
    """
    present = [text for text in texts if text is not None]
    if not present or not set(present).isdisjoint(known):
        return
    spelt = {plain_spelling(value) for value in known}
    respelt = all(plain_spelling(text) in spelt for text in set(present))
    if len(present) < _FEW and not respelt:
        return
    first = next(i for i, text in enumerate(texts) if text is not None)
    row = rows[first] if isinstance(rows, pd.Index) else first + 1
    close = nearest(present[0], known)
    hint = f"; did you mean {close!r}?" if close else ""
    raise DataError(
        row=row.item() if isinstance(row, np.generic) else row,
        column=name,
        value=present[0],
        expected=f"a value of training ({listed(known)}{hint}): this column has not one of them",
    )


def unseen_notes(trained: dict[str, tuple[str, ...] | None], rows: pd.DataFrame) -> tuple[str, ...]:
    """Return a line for each column with values that training did not see, or with none at all.

    Args:
        trained: For each column that a run reads its values in training, `None` for numbers.
        rows: New rows; columns that are not there are passed over.

    Example:
        >>> rows = pd.DataFrame({"sex": ["Male", "male", "?"], "age": [None, None, None]})
        >>> for line in unseen_notes({"sex": ("Female", "Male"), "age": None}, rows):
        ...     print(line)
        column 'sex': 1 of 3 rows hold a value unseen in training: 'male' (did you mean 'Male'?)
        column 'age' is empty in every row: taken as missing
    """
    notes = []
    for name, known in trained.items():
        if name not in rows.columns:
            continue
        column = rows[name]
        if len(column) > 1 and _empty(column, MISSING.but(known)):
            notes.append(f"column {name!r} is empty in every row: taken as missing")
        elif known is not None:
            new: Counter[str] = Counter()
            counts = column.value_counts()
            texts = as_text(counts.index, MISSING.but(known))
            for text, count in zip(texts, counts, strict=True):
                if text is not None and text not in known:
                    new[text] += int(count)
            if new:
                what = f"{new.total()} of {len(column)} rows hold a value unseen in training"
                values = [text for text, _ in new.most_common()]
                notes.append(f"column {name!r}: {what}: {meant(values, known)}")
    return tuple(notes)


def _empty(column: pd.Series, words: MissingWords) -> bool:
    if column.dtype.kind in "iufb":
        return bool(column.isna().all())
    if any(text is not None for text in as_text(column.head(_FIRST), words)):
        return False
    return all(text is None for text in as_text(column.drop_duplicates(), words))
