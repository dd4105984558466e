"""Label columns of numbers, such as age: ordered ranges of them, cut by the training rows."""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Mapping, Sequence

import numpy as np

from labelfeed.data.dataset import DataError, Dataset, Numbers
from labelfeed.data.groups import looks_like_identifier
from labelfeed.data.side_numbers import numbers_of, without_missing
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.columns import LabelColumn
from labelfeed.labels.encoding import UNKNOWN, LabelError
from labelfeed.labels.number import RANGES, NumberRanges
from labelfeed.labels.spec import LabelSpec
from labelfeed.types import Cells

__all__ = [
    "LabelNumber",
    "fitted_numbers",
    "in_places",
    "label_number",
    "number_notes",
    "with_numbers",
]

_MOST_CLASSES = 20  # different numbers that are still classes


@dataclasses.dataclass(frozen=True)
class LabelNumber:
    """A label column that was read as numbers.

    Args:
        ranges: Its ranges, cut by all rows as long as nobody knows the training rows.
        numbers: The numbers.
        minus: Rows with -1 that are taken as unknown.
    """

    ranges: NumberRanges
    numbers: Numbers
    minus: int = 0

    @property
    def texts(self) -> np.ndarray:
        """The name of each row's range, object `(n,)`, `None` where unknown."""
        names = np.array([*self.ranges.names, None], dtype=object)
        return names[self.ranges.ids(self.numbers.values)]


def label_number(
    name: str,
    values: Cells,
    wanted: int | Sequence[float] | None,
    cells: CellRules,
    source: str,
    column: LabelColumn | None = None,
) -> LabelNumber | None:
    """Return a label column as a number; `None` where each value is a class.

    By itself a column is a number if every cell is one, it is not called like an identifier, and
    it holds more than 20 different ones; whole numbers from 0 or 1 on without a gap are classes.

    Args:
        name: The column.
        values: Its cells.
        wanted: Number of ranges, 0 for classes; or cut points; `None` where nothing is said.
        cells: What was declared missing.
        source: The file, for messages.
        column: The column of a run; `None` for new data.

    Raises:
        DataError: Ranges are wanted of what is no number, or of one number only.
        LabelError: A cell is no number, and the run's column is one.

    Example:
        >>> found = label_number("age", np.arange(18, 90), None, CellRules(), "f.csv")
        >>> found.ranges.edges
        (33.0, 47.0, 61.0, 75.0)
        >>> label_number("letter", np.arange(26).repeat(9), None, CellRules(), "f.csv")
    """
    known = None if column is None else column.number
    if wanted == 0 or (column is not None and known is None):
        return None
    given = without_missing(values, cells)
    numbers, other = numbers_of(given, known.edges[0] <= 0 if known is not None else None)
    if known is None and wanted is None and (other.any() or not _is_number(numbers, name)):
        return None
    if other.any():
        row, error = int(other.argmax()) + 1, DataError if known is None else LabelError
        raise error(
            place=f"{source}: Row {row}, column {name!r}",
            row=row,
            column=name,
            value=given[row - 1],
            expected="a number, or a missing value",
            count=int(other.sum()),
        )
    minus = int((numbers_of(given, True)[0] == -1).sum() - (numbers == -1).sum())
    if known is not None:
        return LabelNumber(known, Numbers(numbers, known.edges), minus)
    ranges = tuple(wanted) if isinstance(wanted, Sequence) else wanted or RANGES
    try:
        return LabelNumber(NumberRanges.of(numbers, name, ranges), Numbers(numbers, ranges), minus)
    except ValueError as error:
        raise DataError(f"{source}: {error}") from error


def with_numbers(
    spec: LabelSpec, labels: np.ndarray, numbers: Mapping[str, NumberRanges]
) -> tuple[LabelSpec, np.ndarray]:
    """Return spec and labels in which columns are these ranges of numbers, lowest first.

    Args:
        spec: The spec; the classes of those columns are called like the ranges.
        labels: Its labels.
        numbers: By column the ranges.
    """
    made: list[str | LabelSpec] = []
    for column in spec.label_columns:
        number = numbers.get(column.name, column.number)
        if number is not None and number.means:
            single = LabelSpec.ranges(number.edges, column.name)
            made.append(dataclasses.replace(single, numbers=(number,)))
        elif column.of_classes or not spec.shape:
            made.append(LabelSpec.single(column.names, column.name, ordered=column.ordered))
        else:
            made.append(column.name)
    new = made[0]
    if spec.shape or not isinstance(new, LabelSpec):
        new = dataclasses.replace(LabelSpec.columns(made, spec.name), words=spec.words)
    out = np.full((len(labels), *new.shape), UNKNOWN, np.int32)
    for column, placed in zip(spec.label_columns, new.label_columns, strict=True):
        ids = column.ids(labels)
        if column.name in numbers:
            place = {name: i for i, name in enumerate(placed.names)}
            rank = np.array([place.get(name, UNKNOWN) for name in column.names], np.int32)
            ids = np.where(ids == UNKNOWN, UNKNOWN, rank[ids])
        placed.put(out, ids.astype(np.int32))
    return new, out


def in_places(values: np.ndarray, old: LabelSpec, new: LabelSpec) -> np.ndarray:
    """Return weights or soft targets `(n, num_labels)` of one spec in the places of another one.

    Args:
        values: A value for each label; those of a number are the same for all its ranges.
        old: Their spec.
        new: The same columns, with other ranges of numbers.
    """
    out = np.empty((len(values), new.num_classes), values.dtype)
    for column, placed in zip(old.label_columns, new.label_columns, strict=True):
        own = column.places[:1] if placed.number is not None else column.places
        out[:, list(placed.places)] = values[:, list(own)]
    return out


def fitted_numbers(dataset: Dataset, train: np.ndarray) -> tuple[Dataset, tuple[str, ...]]:
    """Return the data set with numbers in ranges that the training rows cut and describe.

    Args:
        dataset: Rows.
        train: Positions of the training rows.

    Returns:
        The data set, and a line for each number.

    Raises:
        DataError: The training rows have no two different numbers.
    """
    if not dataset.numbers:
        return dataset, ()
    of = {column.name: column for column in dataset.spec.label_columns}
    values = {  # a label of weight 0 is unknown
        name: np.where(of[name].ids(dataset.labels) == UNKNOWN, np.nan, number.values)
        for name, number in dataset.numbers.items()
    }
    try:
        found = {
            name: NumberRanges.of(values[name][train], name, number.ranges)
            for name, number in dataset.numbers.items()
        }
    except ValueError as error:
        raise DataError(f"{dataset.source}: among the training rows {error}") from error
    spec, labels = with_numbers(dataset.spec, dataset.labels, found)
    for column in spec.label_columns:
        if column.name in found:
            column.put(labels, found[column.name].ids(values[column.name]))
    soft, weights = (
        old if old is None or old.ndim == 1 else in_places(old, dataset.spec, spec)
        for old in (dataset.soft, dataset.weights)
    )
    dataset = dataclasses.replace(dataset, spec=spec, labels=labels, soft=soft, weights=weights)
    lines = tuple(
        f"label {name!r}: a number, learned as the ranges {', '.join(ranges.names)}, predicted as "
        f"mean and spread (--ranges {shlex.quote(name + '=0')}: a class for each number)"
        for name, ranges in found.items()
    )
    return dataset, lines


def number_notes(name: str, found: LabelNumber | None, values: Cells) -> tuple[str, ...]:
    """Return what to tell of a new label column: -1 as unknown, or that it may be a number."""
    if found is not None:
        rows = f"{found.minus} row{'s'[: found.minus != 1]}"
        return (f"label {name!r}: -1 in {rows} taken as unknown",) if found.minus else ()
    numbers, other = numbers_of(values)
    many = len(np.unique(numbers[~np.isnan(numbers)])) > _MOST_CLASSES and not other.any()
    if not many or looks_like_identifier(name):
        return ()
    option = shlex.quote(f"{name}=5")
    return (f"label {name!r}: each number is a class; --ranges {option} if it is a measurement",)


def _is_number(numbers: np.ndarray, name: str) -> bool:
    distinct = np.unique(numbers[~np.isnan(numbers)])
    if len(distinct) <= _MOST_CLASSES:
        return False
    if np.any(distinct % 1 != 0):
        return True
    codes = distinct[0] in (0, 1) and np.all(np.diff(distinct) == 1)
    return not codes and not looks_like_identifier(name)
