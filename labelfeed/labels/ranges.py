"""A number as a label: ranges of it as ordered classes, such as age in five."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from labelfeed.labels.arrays import unmasked
from labelfeed.labels.errors import LabelError
from labelfeed.labels.nearest import listed
from labelfeed.labels.words import MISSING, is_missing
from labelfeed.types import Cell, Labels

__all__ = ["check_edges", "number_of", "quantile_edges", "range_names", "range_values"]


def check_edges(edges: Sequence[float]) -> tuple[float, ...]:
    """Return cut points as floats; raise `ValueError` unless they are finite and rise."""
    found = tuple(float(edge) for edge in edges)
    if not found or not np.all(np.isfinite(found)) or np.any(np.diff(found) <= 0):
        raise ValueError(f"Ranges need finite cut points that rise, got {list(edges)}.")
    return found


def range_names(edges: Sequence[float]) -> tuple[str, ...]:
    """Return the names of the ranges between cut points; each one holds its lower end.

    Example:
        >>> range_names([41, 57.5])
        ('<41', '41 to <57.5', '>=57.5')
    """
    short = [f"{edge:.6g}" for edge in edges]
    texts = short if len(set(short)) == len(short) else [repr(float(edge)) for edge in edges]
    between = [f"{low} to <{high}" for low, high in itertools.pairwise(texts)]
    return (f"<{texts[0]}", *between, f">={texts[-1]}")


def quantile_edges(numbers: np.ndarray, ranges: int) -> tuple[float, ...]:
    """Return cut points that make ranges with about as many numbers each; fewer where many tie.

    Numbers below 0 are apart from the others, if only by a cut at 0.

    Args:
        numbers: `(n,)`; NaN is left out.
        ranges: How many, >= 2.

    Example:
        >>> quantile_edges(np.arange(100), 4)
        (25.0, 50.0, 75.0)
    """
    numbers = numbers[~np.isnan(numbers)]
    if not len(numbers):
        return ()
    shares = np.arange(1, ranges) / ranges
    edges = np.quantile(numbers, shares, method="higher")  # numbers that occur, not between two
    found = tuple(float(edge) for edge in np.unique(edges) if edge > numbers.min())
    below = numbers.min() < 0 and found and found[0] > 0  # else -1 would be taken as unknown
    return (0.0, *found) if below else found


def number_of(value: Cell) -> float | None:
    """Return a value as a number, NaN where it is missing, `None` where it is anything else."""
    if is_missing(value, MISSING):
        return float("nan")
    if isinstance(value, (bool, np.bool_)):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if np.isfinite(number) else None


def range_values(
    values: Labels, edges: Sequence[float], names: Sequence[str], name: str, first_row: int = 0
) -> Labels:
    """Return numbers as the names of their ranges.

    Numbers beyond the ends belong to the first and the last range. An int32 array (not a table's
    column) holds ids already, as everywhere on the wire. -1 is unknown where the first cut point is
    above 0, and a number otherwise.

    Args:
        values: Numbers, names of ranges, and missing values; or dicts `{name: value}`.
        edges: The cut points.
        names: The names of the ranges.
        name: Name of the label.
        first_row: Number of the first row, for messages.

    Raises:
        LabelError: A value is no number and no range; or an int32 is an id of no range.

    Example:
        >>> range_values([57, None, "<41", 12.5], [41, 57], ["<41", "41 to <57", ">=57"], "age")
        array(['>=57', None, '<41', '<41'], dtype=object)
    """
    raw = values.detach().cpu().numpy() if hasattr(values, "detach") else values
    if hasattr(raw, "__array__") and not hasattr(raw, "iloc"):
        array = np.asarray(raw)
        if array.dtype == np.int32:
            _check_ids(array, len(names), name, first_row)
            return values
        if array.ndim == 2 and array.shape[1] == len(names):
            return values  # one-hot and soft rows
    cells = list(np.asarray(unmasked(raw), dtype=object).reshape(-1))
    out = np.empty(len(cells), dtype=object)
    for row, cell in enumerate(cells):
        if isinstance(cell, dict) and set(cell) <= {name}:
            cell = cell.get(name)
        number = number_of(cell)
        if number is None and cell in names:
            out[row] = cell
        elif number is None:
            raise LabelError(
                row=first_row + row,
                column=name,
                value=cell,
                expected=f"a number, or one of {listed(names)}",
            )
        elif np.isnan(number) or (number == -1 and edges[0] > 0):
            out[row] = None
        else:
            out[row] = names[int(np.searchsorted(edges, number, side="right"))]
    return out


def _check_ids(ids: np.ndarray, count: int, name: str, first_row: int) -> None:
    bad = np.flatnonzero((ids < -1) | (ids >= count))
    if len(bad):
        row, value = first_row + int(bad[0]), int(ids.reshape(-1)[bad[0]])
        raise LabelError(
            f"got {value}, int32, which is an id of a range, 0 to {count - 1}. Give numbers as "
            "another type: values.astype(float).",
            place=f"Row {row}, column {name!r}",
            row=row,
            column=name,
            value=value,
            expected=f"an id of 0 to {count - 1}",
            count=len(bad),
        )
