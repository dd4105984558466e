"""Columns of a multi label: one yes/no label each, or classes that are one-hot on the wire."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Protocol

import numpy as np

from labelfeed.labels._spec_protocol import Spec
from labelfeed.labels.arrays import label_array
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.encoding import NO_RULES, UNKNOWN, LabelError, encode_multi, encode_single
from labelfeed.labels.minus_one import by_name
from labelfeed.labels.nearest import listed
from labelfeed.labels.number import NumberRanges
from labelfeed.labels.ranges import range_values
from labelfeed.labels.words import without_value
from labelfeed.types import Labels

__all__ = [
    "ColumnsSpec",
    "LabelColumn",
    "encode_columns",
    "first_places",
    "other_classes",
    "same_column",
    "state_of",
    "with_state",
]


class ColumnsSpec(Spec, Protocol):
    """A label spec whose columns are read."""

    @property
    def label_columns(self) -> tuple[LabelColumn, ...]:
        """Its columns, as the user sees them."""


@dataclasses.dataclass(frozen=True)
class LabelColumn:
    """One column of labels, as its user sees it: a yes/no label, or one of C classes.

    A single label is one column by itself, with all of its classes.

    Args:
        name: Name of the column.
        names: Names of its classes in id order; for yes/no the words for absent and present.
        places: Which of the multi label's yes/no labels it consists of: one for a yes/no column,
            one for each class otherwise.
        ordered: Whether its classes stand in an order, lowest first.
        number: The number whose ranges are its classes, if it is one.

    Example:
        >>> from labelfeed import LabelSpec
        >>> (column,) = LabelSpec.single(["cat", "dog"]).label_columns
        >>> column.ids(np.array([1, -1])).tolist(), column.names
        ([1, -1], ('cat', 'dog'))
    """

    name: str
    names: tuple[str, ...]
    places: tuple[int, ...]
    ordered: bool = False
    number: NumberRanges | None = None

    @property
    def of_classes(self) -> bool:
        """Whether it is a column of classes, of one yes/no label each; else it is yes/no."""
        return len(self.places) == len(self.names)

    @property
    def num_classes(self) -> int:
        """Number of classes; 2 for yes/no."""
        return len(self.names)

    def name_of(self, index: int) -> str:
        """Return the name of class `index`."""
        return self.names[index]

    def ids(self, labels: np.ndarray) -> np.ndarray:
        """Return the class ids `(n,)`, -1 where unknown.

        Args:
            labels: Multi labels `(n, num_labels)`; or a single label, `(n,)`, which is its ids.
        """
        labels = np.asarray(labels)
        if labels.ndim == 1:
            return labels.astype(np.int32)
        own = labels[:, list(self.places)]
        if not self.of_classes:
            return own[:, 0].astype(np.int32)
        return np.where((own == 1).any(axis=1), own.argmax(axis=1), UNKNOWN).astype(np.int32)

    def labels(self, ids: np.ndarray) -> np.ndarray:
        """Return the column's yes/no labels `(n, len(places))` for class ids, -1 where unknown."""
        ids = np.asarray(ids)[:, None]
        if self.of_classes:
            ids = np.where(ids == UNKNOWN, UNKNOWN, ids == np.arange(self.num_classes))
        return ids.astype(np.int32)

    def put(self, labels: np.ndarray, ids: np.ndarray) -> None:
        """Write class ids `(n,)` into the column's place in labels, as `ids` reads them."""
        if labels.ndim == 1:
            labels[:] = ids
        else:
            labels[:, list(self.places)] = self.labels(ids)

    def probabilities(self, output: np.ndarray) -> np.ndarray:
        """Return class probabilities `(n, num_classes)`.

        Args:
            output: A network's output: of multi labels `(n, num_labels)`, each a probability of
                present; of a single label `(n, num_classes)`.
        """
        own = np.asarray(output)[:, list(self.places)]
        return own if self.of_classes else np.concatenate([1 - own, own], axis=1)


def encode_columns(
    spec: ColumnsSpec, values: Labels, soft: str, first_row: int, cells: CellRules = NO_RULES
) -> np.ndarray:
    """Return int32 `(n, num_classes)` of 0, 1 and -1 where some columns have classes.

    Takes what `encode_multi` takes, by the names of the columns (`colour`) or of their yes/no
    labels (`colour=red`), and arrays with an entry for each column. What one class says of the
    others is filled in: one present, the others absent; all but one absent, the last present.

    Raises:
        LabelError: A value does not fit, or the classes of a column contradict each other.
    """
    columns = spec.label_columns
    labels = [spec.name_of(i) for i in range(spec.num_classes)]
    heads = [c.name for c in columns]
    names = (*heads, *(label for label in labels if label not in heads))
    array = label_array(spec, names, values, first_row)
    if array.ndim != 2 or array.shape[1] not in (len(heads), len(names)):
        out = encode_multi(spec, _hardened(columns, array, soft), soft, first_row, cells)
        return _completed(columns, out, first_row)
    given = dict(zip(names, array.T, strict=False))
    unknown = np.full(len(array), None, dtype=object)
    own = [given.get(n, unknown) if n not in heads or not _of_classes(columns, n) else unknown
           for n in labels]  # fmt: skip
    named = by_name(values) or any(without_value(cell) for cell in array.flat)
    out = encode_multi(spec, np.stack(own, axis=1), soft, first_row, cells, named=named)
    for column in columns:
        if column.of_classes:
            told: Labels = given[column.name]
            _refuse_objects(column, told, first_row)
            if column.number is not None:
                edges = column.number.edges
                told = range_values(told, edges, column.names, column.name, first_row)
            ids = encode_single(column, told, soft, first_row, cells)
            block = column.labels(ids)
            places = list(column.places)
            both = (block != UNKNOWN) & (out[:, places] != UNKNOWN) & (block != out[:, places])
            _refuse(both.any(axis=1), column, first_row, "two different values")
            out[:, places] = np.where(block == UNKNOWN, out[:, places], block)
    return _completed(columns, out, first_row)


def other_classes(
    spec: ColumnsSpec, labels: np.ndarray, rng: np.random.Generator | None = None
) -> np.ndarray:
    """Return labels in which every known column has another class; unknown ones stay unknown.

    Args:
        spec: The label's spec.
        labels: int array `(n,)` or `(n, num_labels)`.
        rng: Draws the other class; `None` for the next one.
    """
    out = np.array(labels)
    for column in spec.label_columns:
        ids = column.ids(labels)
        step = 1 if rng is None else rng.integers(1, max(2, column.num_classes), len(ids))
        column.put(out, np.where(ids == UNKNOWN, UNKNOWN, (ids + step) % column.num_classes))
    return out


def same_column(spec: ColumnsSpec) -> np.ndarray:
    """Return float32 `(num_classes, num_classes)`: 1 where two labels are of one column."""
    out = np.zeros((spec.num_classes, spec.num_classes), np.float32)
    for column in spec.label_columns:
        out[np.ix_(column.places, column.places)] = 1.0
    return out


def first_places(spec: ColumnsSpec) -> np.ndarray:
    """Return int32 `(num_classes,)`: for each label the first one of its column."""
    out = np.zeros(spec.num_classes, np.int32)
    for column in spec.label_columns:
        out[list(column.places)] = column.places[0]
    return out


def state_of(spec: ColumnsSpec, place: int) -> LabelColumn:
    """Return the column that the yes/no label `place` belongs to."""
    return next(c for c in spec.label_columns if place in c.places)


def with_state(spec: ColumnsSpec, labels: np.ndarray, place: int, state: int) -> np.ndarray:
    """Return multi labels with label `place` set to a state and its column made to fit.

    Present means that the other classes of the column are absent; absent, that a row of this
    class gets the next one (other rows keep theirs; unknown ones stay unknown but for `place`);
    unknown, that the whole column is.

    Args:
        spec: The label's spec.
        labels: int array `(n, num_labels)`.
        place: Which yes/no label to set.
        state: 0, 1 or -1.
    """
    out = np.array(labels)
    column = state_of(spec, place)
    if not column.of_classes or state == UNKNOWN:
        out[:, list(column.places)] = state
        return out
    ids = column.ids(out)
    own = column.places.index(place)
    if state == 1:
        ids = np.full_like(ids, own)
    else:
        out[:, place] = 0
        ids = np.where(ids == own, (ids + 1) % column.num_classes, ids)
    known = ids != UNKNOWN
    out[np.ix_(known, column.places)] = column.labels(ids)[known]
    return out


def _refuse_objects(column: LabelColumn, cells: np.ndarray, first_row: int) -> None:
    """Refuse a dict as a cell: a column by itself would take it for a row, `{}` for unknown."""
    for row, cell in enumerate(cells if cells.dtype == object else (), first_row):
        if isinstance(cell, Mapping):
            raise LabelError(
                row=row, column=column.name, value=cell, expected=f"one of {listed(column.names)}"
            )


def _of_classes(columns: tuple[LabelColumn, ...], name: str) -> bool:
    return any(c.of_classes and c.name == name for c in columns)


def _hardened(columns: tuple[LabelColumn, ...], array: np.ndarray, soft: str) -> np.ndarray:
    """Return probabilities of a column's classes as one-hot rows where soft ones are welcome."""
    if soft != "nearest" or array.dtype.kind != "f" or array.ndim != 2:
        return array
    array = array.copy()
    for column in columns:
        places = list(column.places)
        if column.of_classes and max(places) < array.shape[1]:
            own = array[:, places]
            rows = np.isclose(own.sum(axis=1), 1, atol=1e-3) & (own >= 0).all(axis=1)
            array[np.ix_(rows, places)] = column.labels(own.argmax(axis=1))[rows]
    return array


def _completed(columns: tuple[LabelColumn, ...], out: np.ndarray, first_row: int) -> np.ndarray:
    for column in columns:
        if not column.of_classes:
            continue
        places = list(column.places)
        own = out[:, places]
        present, absent = (own == 1).sum(axis=1), (own == 0).sum(axis=1)
        _refuse(present > 1, column, first_row, "more than one class")
        _refuse(absent == len(places), column, first_row, "no class at all (all of them absent)")
        last = (present == 0) & (absent == len(places) - 1) & (len(places) > 1)
        ids = np.where(last, (own == UNKNOWN).argmax(axis=1), column.ids(out))
        known = ids != UNKNOWN
        out[np.ix_(known, places)] = column.labels(ids)[known]
    return out


def _refuse(bad: np.ndarray, column: LabelColumn, first_row: int, what: str) -> None:
    if bad.any():
        names = ", ".join(map(repr, column.names[:8])) + (", ..." if len(column.names) > 8 else "")
        row, expected = first_row + int(bad.argmax()), f"one of {names}, or unknown"
        raise LabelError(
            f"got {what}; expected {expected}.",
            place=f"Row {row}, column {column.name!r}",
            row=row,
            column=column.name,
            expected=expected,
            count=int(bad.sum()),
        )
