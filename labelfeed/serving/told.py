"""What a request says is known: labels and side labels, by name, for all rows or row by row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from labelfeed.data.number_cells import number
from labelfeed.labels.columns import LabelColumn
from labelfeed.labels.encoding import LabelError
from labelfeed.labels.soft import soft_known_of_rows
from labelfeed.labels.spec import LabelSpec
from labelfeed.serving.body import RequestError, check_keys
from labelfeed.types import JSON, Cell

__all__ = ["read_known", "read_told_sides"]


def read_known(given: JSON, rows: int, spec: LabelSpec) -> np.ndarray | None:
    """Return known labels as the predictor takes them, `None` where nothing is known.

    Args:
        given: An object, label to value, for all rows; or a list with one for each row. A value is
            a class by its name, 0, 1, true, false, yes, no, a number (of a label that is one), a
            probability, or null for unknown.
        rows: Number of rows.
        spec: The label spec of the run.

    Returns:
        int32 or, where some are soft, float64 `(rows, num_labels)`, -1 unknown.

    Raises:
        LabelError: A value does not fit; names row (from 1) and label.
        RequestError: There is no such label, or another number of rows.

    Example:
        >>> read_known({"fever": True}, 2, LabelSpec.multi(["cough", "fever"])).tolist()
        [[-1, 1], [-1, 1]]
    """
    each, one = _for_rows(given, rows, "known")
    columns = {column.name: column for column in spec.label_columns}
    names = [*columns, *(spec.name_of(i) for i in range(spec.num_classes) if spec.shape)]
    for row in each:
        check_keys(row, dict.fromkeys(names), "known")
    if all(cell is None for row in each for cell in row.values()):
        return None
    try:
        told = [
            {name: _cell(at, name, columns.get(name), cell) for name, cell in row.items()}
            for at, row in enumerate(each)
        ]
        found = soft_known_of_rows(told, len(told), spec)
    except LabelError as error:
        raise _from_one(error, "known", one) from None
    return np.repeat(found, rows, axis=0) if one else found


def read_told_sides(
    given: JSON, rows: int, specs: Sequence[LabelSpec]
) -> dict[str, np.ndarray] | None:
    """Return side labels as ids by name, `None` where all are unknown.

    Args:
        given: As for `read_known`.
        rows: Number of rows.
        specs: The side labels of the run.

    Raises:
        LabelError: A value does not fit; names row (from 1) and side label.
        RequestError: The run takes none, or none of that name; or another number of rows.
    """
    each, one = _for_rows(given, rows, "sides")
    if any(each) and not specs:
        raise RequestError("This run takes no side labels: leave sides out.")
    for row in each:
        check_keys(row, [spec.name for spec in specs], "sides")
    found = {}
    for spec in specs:
        if all(row.get(spec.name) is None for row in each):
            continue
        cells = np.empty(len(each), object)
        try:
            for at, row in enumerate(each):
                cells[at] = _cell(at, spec.name, spec.label_columns[0], row.get(spec.name))
            ids = spec.encode(cells)
        except LabelError as error:
            raise _from_one(error, "sides", one) from None
        found[spec.name] = np.repeat(ids, rows, axis=0) if one else ids
    return found or None


def _for_rows(given: JSON, rows: int, what: str) -> tuple[list[dict[str, Any]], bool]:
    """Return an object for each row, or one that holds for all; and whether it is one."""
    if given is None:
        return [{}], True
    if isinstance(given, dict):
        return [given], True
    if not isinstance(given, list) or not all(isinstance(row, dict) for row in given):
        raise RequestError(
            f"{what} must be an object, label to value, or a list with one for each row."
        )
    if len(given) != rows:
        raise RequestError(f"{what} has {len(given)} objects, and there are {rows} rows.")
    return given, False


def _cell(at: int, name: str, column: LabelColumn | None, cell: Cell) -> Cell:
    """Return a value as a spec reads it: a class by its name, never by its number."""
    if cell is None or column is None or not column.of_classes or column.number is not None:
        if isinstance(cell, list):
            raise _wrong(at, name, cell, "one value, or null for unknown")
        return cell
    if isinstance(cell, dict):
        return cell  # of probabilities
    text = str(cell)
    if isinstance(cell, float) and cell.is_integer():
        text = str(int(cell))
    number_like = not isinstance(cell, str) or not math.isnan(number(text))
    if isinstance(cell, list) or (number_like and text.strip() not in column.names):
        some = ", ".join(map(repr, column.names[:10])) + (", ..." if len(column.names) > 10 else "")
        raise _wrong(at, name, cell, f"one of {some}, or null for unknown")
    return text


def _wrong(at: int, name: str, value: Cell, expected: str) -> LabelError:
    return LabelError(row=at, column=name, value=value, expected=expected)


def _from_one(error: LabelError, what: str, one: bool) -> LabelError:
    """Return the error of an encoder, whose rows count from 0, with the row of the request."""
    reason = error.reason.replace(LabelError.hint, " Unknown is null.")
    name, row = error.column, None if error.row is None or one else error.row + 1
    place = what if row is None else f"{what}, row {row}"
    place = place if name is None else f"{place}, label {name!r}"
    return LabelError(
        reason, place=place, row=row, column=name, value=error.value,
        expected=error.expected, count=error.count,
    )  # fmt: skip
