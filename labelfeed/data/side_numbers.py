"""Side columns of numbers, such as age: ranges of them as classes, not a class for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from labelfeed.data.dataset import DataError
from labelfeed.data.groups import looks_like_identifier
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.number import RANGES
from labelfeed.labels.ranges import check_edges, number_of, quantile_edges
from labelfeed.labels.spec import LabelSpec
from labelfeed.labels.words import without_value
from labelfeed.types import Cells

__all__ = [
    "fitted_ranges",
    "known_ranges",
    "number_spec",
    "numbers_of",
    "split_by_name",
    "split_ranges",
    "without_missing",
]

_MOST_WHOLE, _MOST_DECIMAL = 20, 10  # different numbers that are still classes


def split_ranges(texts: Sequence[str]) -> dict[str, int | tuple[float, ...]]:
    """Return how columns of numbers are cut, out of `COL=5` (ranges) and `COL=18,65` (cut points).

    Raises:
        DataError: It is neither, or a column is named twice.

    Example:
        >>> split_ranges(["age=18,65", "size=4", "ward=0"])
        {'age': (18.0, 65.0), 'size': 4, 'ward': 0}
    """
    found: dict[str, int | tuple[float, ...]] = {}
    for text in texts:
        name, _, how = text.rpartition("=")
        try:
            cut: int | tuple[float, ...] = int(how)
        except ValueError:
            try:
                cut = check_edges([float(part) for part in how.split(",")])
            except ValueError:
                cut = -1
        if not name or cut in (-1, 1) or (isinstance(cut, int) and cut < 0):
            raise DataError(
                f"--ranges {text!r}: expected COL=N with the number of ranges, two or more "
                "(0: each number is a class), or COL=18,65 with rising cut points."
            )
        if name in found:
            raise DataError(f"--ranges names {name!r} twice.")
        found[name] = cut
    return found


def split_by_name(
    ranges: Mapping[str, int | Sequence[float]] | None, labels: Sequence[str]
) -> tuple[dict[str, int | Sequence[float]], dict[str, int | Sequence[float]]]:
    """Return the ranges of label columns, and those of all others.

    Example:
        >>> split_by_name({"age": 5, "size": 3}, ["age", "fever"])
        ({'age': 5}, {'size': 3})
    """
    own = {name: how for name, how in (ranges or {}).items() if name in labels}
    return own, {name: how for name, how in (ranges or {}).items() if name not in own}


def numbers_of(values: Cells, minus_one: bool | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return a column as float64 `(n,)`, NaN where missing, and which cells are no numbers.

    Args:
        values: The cells.
        minus_one: Whether -1 is a number; by default where another number is below 0.

    Example:
        >>> [part.tolist() for part in numbers_of(["57", "", "old", -1])]
        [[57.0, nan, nan, nan], [False, False, True, False]]
    """
    cells = np.asarray(values, dtype=object)
    codes, found = pd.factorize(cells, use_na_sentinel=False)
    read = [number_of(value) for value in found]
    other = np.array([number is None for number in read], bool)
    table = np.array([np.nan if number is None else number for number in read])
    if minus_one is None:
        minus_one = bool(np.any(table[table != -1] < 0))
    if not minus_one:
        table[table == -1] = np.nan
    return table[codes], other[codes]


def without_missing(values: Cells, cells: CellRules) -> np.ndarray:
    """Return values without those that are declared missing, such as -9."""
    out = np.array(values, dtype=object)
    if cells.missing:
        codes, found = pd.factorize(out, use_na_sentinel=False)
        gone = [not without_value(v) and cells.declared(str(v)) == "unknown" for v in found]
        out[np.array(gone, bool)[codes]] = None
    return out


def number_spec(
    values: Cells, name: str, wanted: int | Sequence[float] | None
) -> tuple[LabelSpec, np.ndarray] | None:
    """Return a side column as ranges of a number, `None` where each value is a class.

    By itself a column is a number if every cell is one and there are more than 20 different (10 if
    some are not whole), unless they are whole and the name is one of identifiers.

    Args:
        values: The cells.
        name: The column.
        wanted: Number of ranges, 0 for none; or cut points; `None` where nothing is said.

    Returns:
        The spec, with ranges of about as many rows each, and the numbers `(n,)`, NaN unknown.

    Raises:
        DataError: Ranges are wanted of what is no number, or of one number only; names the row.
    """
    if wanted == 0:
        return None
    numbers, other = numbers_of(values)
    distinct = np.unique(numbers[~np.isnan(numbers)])
    if wanted is None:
        whole = bool(np.all(distinct % 1 == 0))
        few = len(distinct) <= (_MOST_WHOLE if whole else _MOST_DECIMAL)
        if other.any() or few or (whole and looks_like_identifier(name)):
            return None
    if other.any():
        row = int(other.argmax())
        raise DataError(
            row=row + 1,
            column=name,
            value=np.asarray(values, dtype=object)[row],
            expected="numbers to make ranges of; without ranges each value is a class",
            count=int(other.sum()),
        )
    if isinstance(wanted, Sequence):
        return LabelSpec.ranges(wanted, name), numbers
    edges = quantile_edges(numbers, wanted or RANGES)
    if not edges:
        raise DataError(f"side column {name!r} has no two different numbers to make ranges of.")
    return LabelSpec.ranges(edges, name), numbers


def fitted_ranges(numbers: np.ndarray, spec: LabelSpec, train: np.ndarray) -> LabelSpec | None:
    """Return as many ranges, cut where the training rows say; `None` if they have one number.

    Args:
        numbers: Of all rows, NaN unknown.
        spec: Ranges of all rows.
        train: Positions of the training rows.
    """
    edges = quantile_edges(numbers[train], spec.num_classes)
    return LabelSpec.ranges(edges, spec.name) if edges else None


def known_ranges(spec: LabelSpec, seen: np.ndarray) -> tuple[LabelSpec, np.ndarray]:
    """Return ranges without those that no row has, each joined to its lower neighbour.

    Args:
        spec: The ranges.
        seen: Ids that occur, rising, two or more.

    Returns:
        The ranges that are left, and for each old id the new one, with -1 for unknown at the end.

    Example:
        >>> spec, place = known_ranges(LabelSpec.ranges([10, 20, 30], "age"), np.array([1, 3]))
        >>> spec.names, place.tolist()
        (('<30', '>=30'), [0, 0, 0, 1, -1])
    """
    left = LabelSpec.ranges([spec.edges[i - 1] for i in seen[1:]], spec.name)
    place = np.searchsorted(seen[1:], np.arange(spec.num_classes), side="right")
    return left, np.append(place, UNKNOWN).astype(np.int32)
