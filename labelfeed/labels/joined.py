"""Several labels in one cell: `A|B`, or the list of the labels that a row has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

import numpy as np

from labelfeed.labels.arrays import as_array, named_column
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.errors import LabelError
from labelfeed.labels.nearest import listed, nearest
from labelfeed.labels.words import MISSING, without_value
from labelfeed.types import Cell, Labels

__all__ = ["joined_rows", "parts_of"]


def parts_of(cell: Cell, cells: CellRules) -> list[str] | None:
    """Return the labels that a cell names, each once, `[]` for none; `None` where it is unknown.

    Args:
        cell: Text, a list of names, or a missing value.
        cells: The separator, the none word, and the words for unknown.

    Example:
        >>> rules = CellRules(separator="|", none_word="No Finding")
        >>> [parts_of(c, rules) for c in ("mass | edema|mass", "No Finding", "", ["mass"], [])]
        [['mass', 'edema'], [], None, ['mass'], []]
    """
    if isinstance(cell, (list, tuple)):
        given = [str(part) for part in cell]
    elif without_value(cell):
        return None
    else:
        text = cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)
        meaning = cells.declared(text)
        if meaning in ("unknown", "none"):
            return [] if meaning == "none" else None
        given = [text] if cells.separator is None else text.split(cells.separator)
    parts = list(dict.fromkeys(part.strip() for part in given if part.strip()))
    none = [part for part in parts if cells.declared(part) == "none"]
    if none and len(parts) > 1:
        raise ValueError(f"{none[0]!r} alone, which says that no label applies, or other labels")
    return [] if none else parts


def joined_rows(
    name: str, labels: Sequence[str], values: Labels, cells: CellRules, first_row: int
) -> np.ndarray | None:
    """Return an object array `(n, len(labels))` of True, False and None for cells that name labels.

    Args:
        name: Name of the multi label: its column in a table.
        labels: Names of the labels.
        values: A column of cells, or a table with it.
        cells: The separator, the none word, and the words for unknown.
        first_row: Number of the first row, for messages.

    Returns:
        The rows; `None` if nothing is declared, or the values are none such.

    Raises:
        LabelError: A cell names a label that there is not, or none and others.
    """
    if cells.separator is None and cells.none_word is None:
        return None
    column = named_column(values, name)
    if column is None:
        return None
    if isinstance(column, (list, tuple)):  # lists of names in it may be of any length
        array = np.empty(len(column), dtype=object)
        array[:] = column if not any(isinstance(c, (list, tuple)) for c in column) else None
        for row, cell in enumerate(column):
            array[row] = cell
    else:
        array = as_array(column, name)
    if array.ndim != 1 or array.dtype.kind not in "OUS":
        return None
    place = {label: i for i, label in enumerate(labels)}
    out = np.full((len(array), len(labels)), None, dtype=object)
    for row, cell in enumerate(array, first_row):
        try:
            parts = parts_of(cell, cells)
        except ValueError as error:
            _fail(row, name, cell, str(error))
        if parts is None:
            continue
        if len(parts) == 1 and parts[0] not in place and parts[0] in MISSING:
            continue  # `?` where no label is called so
        for part in parts:
            if part not in place:
                close = nearest(part, labels)
                hint = f" (did you mean {close!r}?)" if close else ""
                _fail(row, name, part, f"a label of {listed(labels)}{hint}")
        out[row - first_row] = False
        out[row - first_row, [place[part] for part in parts]] = True
    return out


def _fail(row: int, column: str, value: Cell, expected: str) -> NoReturn:
    raise LabelError(row=row, column=column, value=value, expected=expected)
