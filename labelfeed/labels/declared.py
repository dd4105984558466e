"""Cells whose meaning was declared: found in arrays of labels, before the rest is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from labelfeed.labels.cell_rules import CellRules, plain_word
from labelfeed.labels.words import yes_no

__all__ = ["declared_cells", "declared_classes", "without"]

_INVALID = -2  # as in encoding.py


def declared_cells(
    array: np.ndarray, names: Sequence[str], cells: CellRules
) -> tuple[np.ndarray, np.ndarray]:
    """Return which cells of yes/no labels were declared, and what they are: 0, 1, soft, NaN.

    Args:
        array: Labels of any type, `(n, num_labels)`.
        names: Names of the labels.
        cells: What was declared.

    Example:
        >>> array = np.array([[1.0, -1.0]])
        >>> declared_cells(array, ["a", "b"], CellRules(uncertain="soft=0.6"))[1].tolist()
        [[nan, 0.6]]
    """
    found = np.zeros(array.shape, bool)
    values = np.full(array.shape, np.nan)
    for place, name in enumerate(names):
        column = array[:, place]
        for text, rows in _spelt(column, cells):
            meaning = cells.declared(text)
            if meaning in ("no", "none"):
                value: float | None = 0.0
            elif meaning == "uncertain":
                value = cells.uncertain_value(name)
            elif meaning == "unknown":
                value = np.nan
            else:
                continue
            if value is None:
                raise ValueError(
                    f"The label {name!r} is yes/no, and uncertain is declared to be a class: make "
                    f"it a column of classes, LabelSpec.columns([LabelSpec.single(['no', 'yes', "
                    f"'uncertain'], name={name!r}), ...])."
                )
            found[rows, place] = True
            values[rows, place] = value
    return found, values


def declared_classes(
    array: np.ndarray, names: Sequence[str], name: str, cells: CellRules
) -> tuple[np.ndarray, np.ndarray]:
    """Return which cells of a single label were declared, and their class ids.

    No and yes are the classes of such names, or the first and the second of two; uncertain may be
    a class called `uncertain`.

    Args:
        array: Labels of any type, `(n,)`.
        names: Names of the classes.
        name: Name of the label.
        cells: What was declared.

    Raises:
        ValueError: Soft targets are asked for: a class is one of several.

    Example:
        >>> declared_classes(np.array([-1, 1]), ["well", "ill"], "y", CellRules(negative=-1))[1]
        array([0, 0])
    """
    found = np.zeros(len(array), bool)
    ids = np.zeros(len(array), np.int64)
    for text, rows in _spelt(array, cells):
        meaning = cells.declared(text)
        if meaning == "no":
            id_ = names.index(text) if text in names else _class_of(names, 0)
        elif meaning == "uncertain":
            value = cells.uncertain_value(name)
            if value is None:
                id_ = names.index("uncertain") if "uncertain" in names else _INVALID
            elif value in (0.0, 1.0):
                id_ = _class_of(names, int(value))
            elif np.isnan(value):
                id_ = -1
            else:
                raise ValueError(
                    f"Soft targets need yes/no labels (LabelSpec.multi); {name!r} is one of "
                    f"{len(names)} classes."
                )
        elif meaning == "unknown":
            id_ = -1
        else:
            continue
        found[rows], ids[rows] = True, id_
    return found, ids


def without(array: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Return labels with the declared cells taken out: NaN, or None among objects and texts."""
    if not found.any():
        return array
    if array.dtype.kind in "iufb":
        return np.where(found, np.nan, array.astype(np.float64))
    out = array.astype(object)
    out[found] = None
    return out


def _spelt(column: np.ndarray, cells: CellRules) -> list[tuple[str, np.ndarray]]:
    """Return each declared spelling in a column, with the rows that hold it."""
    words = [*cells.missing, *cells.negative, *(cells.uncertain_words if cells.uncertain else ())]
    if cells.none_word is not None:
        words.append(cells.none_word)
    if not words:
        return []
    if column.dtype.kind in "iufb":
        rows_of = []
        for word in words:
            try:
                rows = np.flatnonzero(column == float(word))
            except ValueError:
                continue
            rows_of.append((word, rows))
        return [(word, rows) for word, rows in rows_of if len(rows)]
    places: dict[str, list[int]] = {}
    for row, value in enumerate(column):
        if isinstance(value, Mapping):
            value = next(iter(value.values()), None)
        if isinstance(value, bytes):
            value = value.decode("utf-8", "replace")
        if isinstance(value, (str, int, float, np.number)) and value == value:
            places.setdefault(str(value).strip(), []).append(row)
    wanted = {plain_word(word) for word in words}
    return [(t, np.array(r)) for t, r in places.items() if plain_word(t) in wanted]


def _class_of(names: Sequence[str], state: int) -> int:
    """Return the class that means no (0) or yes (1)."""
    called = [i for i, name in enumerate(names) if yes_no(name) == state]
    if called:
        return called[0]
    return state if len(names) == 2 else _INVALID
