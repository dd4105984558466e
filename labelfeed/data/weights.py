"""Weights of rows, and of single labels of rows: columns that are no features."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from labelfeed.data.dataset import DataError, did_you_mean
from labelfeed.data.labelling import Labelled
from labelfeed.data.written_numbers import plain_numbers
from labelfeed.labels.arrays import unmasked
from labelfeed.labels.columns import LabelColumn
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.types import Cells

__all__ = ["read_weights", "weight_columns"]

_MOST = float(np.finfo(np.float32).max)


def weight_columns(
    weights: Sequence[str],
    labels: Sequence[str],
    columns: Iterable[str],
    source: str,
    needed: bool = True,
) -> dict[str, str]:
    """Return which column weighs what: by label, `""` for whole rows.

    Args:
        weights: `COL` for a weight of each row, `LABEL=COL` for one of that label alone.
        labels: Names of the label columns.
        columns: Names of all columns of the file.
        source: The file, for messages.
        needed: Whether the columns have to be there.

    Raises:
        DataError: There is no such column or label, or one is weighed twice.

    Example:
        >>> weight_columns(["w", "mass=sure"], ["mass", "nodule"], ["w", "sure", "mass"], "f.csv")
        {'': 'w', 'mass': 'sure'}
    """
    columns = list(columns)
    found: dict[str, str] = {}
    for item in weights:
        label = next((n for n in labels if item.startswith(f"{n}=") and item not in columns), "")
        name = item[len(label) + 1 :] if label else item
        if needed and name not in columns:
            head, equals, tail = name.partition("=")
            if equals and tail in columns:
                hint = did_you_mean(head, labels)
                raise DataError(f"{source}: a weight is given for no label: {head!r}.{hint}")
            hint = did_you_mean(name, columns)
            raise DataError(f"{source}: there is no weight column {name!r}.{hint}")
        if name in labels:
            raise DataError(f"{source}: {name!r} cannot be both a label and a weight.")
        if label in found:
            what = f"The label {label!r} has" if label else "The rows have"
            raise DataError(f"{what} two weight columns, {found[label]!r} and {name!r}.")
        found[label] = name
    return found


def read_weights(
    columns: Mapping[str, Cells],
    weighing: Mapping[str, str],
    read: Labelled,
    source: str,
    decimal: str | None = None,
    commas: bool = False,
) -> tuple[Labelled, np.ndarray | None, tuple[str, ...]]:
    """Return labels, their weights, and notes.

    The weight of a label is that of its row times its own; what has no column weighs 1. A label of
    weight 0 becomes unknown: it is then neither trained on nor read nor scored. Weights of unknown
    labels say nothing and may be missing.

    Args:
        columns: Raw values by name.
        weighing: What `weight_columns` returned; columns that are not there weigh 1.
        read: The labels; soft ones count as known.
        source: The file, for messages.
        decimal: How numbers are written, as for `plain_numbers`.
        commas: Whether decimal commas are to be expected, as there.

    Returns:
        The labels; float32 weights `(n,)`, or `(n, num_labels)` where a label has its own, `None`
        where there are no weights; and notes.

    Raises:
        DataError: The weight of a known label is missing, text, negative or not finite; names row
            and column. Or all are 0.

    Example:
        >>> from labelfeed.labels.spec import LabelSpec
        >>> spec = LabelSpec.single(["cat", "dog"])
        >>> read = Labelled(np.array([0, 1, -1]), spec)
        >>> left, weights, _ = read_weights({"w": ["2", "0", ""]}, {"": "w"}, read, "f.csv")
        >>> left.labels.tolist(), weights.tolist()
        ([0, -1, -1], [2.0, 0.0, 0.0])
    """
    notes = tuple(
        f"there is no weight column {name!r}: every {'label' if label else 'row'} weighs 1"
        for label, name in weighing.items()
        if name not in columns
    )
    there = {label: name for label, name in weighing.items() if name in columns}
    if not there:
        return read, None, notes
    labels, spec = read.labels, read.spec
    soft = np.zeros(labels.shape, bool) if read.soft is None else ~np.isnan(read.soft)
    known = (labels != UNKNOWN) | soft
    of_rows = known if known.ndim == 1 else known.any(axis=1)
    table = pd.DataFrame({name: _cells(columns[name]) for name in there.values()})
    table = plain_numbers(table, decimal, commas)[0]
    weights = np.ones(len(labels))
    if "" in there:
        weights = _numbers(table[there[""]], of_rows, source)
    if known.ndim == 2 and set(there) - {""}:
        weights = np.repeat(weights[:, None], known.shape[1], axis=1)
    for column in spec.label_columns:
        if column.name in there:
            own = _numbers(table[there[column.name]], _known(column, known), source)
            if weights.ndim == 1:
                weights = weights * own
            else:
                weights[:, list(column.places)] *= own[:, None]
    zero = known & ((weights if weights.ndim == known.ndim else weights[:, None]) == 0)
    left = dataclasses.replace(
        read,
        labels=np.where(zero, UNKNOWN, labels).astype(labels.dtype),
        soft=None if read.soft is None else np.where(zero, np.float32("nan"), read.soft),
    )
    if not (known & ~zero).any():
        raise DataError(f"{source}: the weights of all known labels are 0; nothing can be learned.")
    if zero.any():
        count = sum(int(_known(column, zero).sum()) for column in spec.label_columns)
        what = "label has" if count == 1 else "labels have"
        notes += (f"{count} {what} the weight 0: taken as unknown, not trained on, not scored",)
    return left, weights.astype(np.float32), notes


def _known(column: LabelColumn, cells: np.ndarray) -> np.ndarray:
    """Return in which rows a column has any of these cells."""
    return np.asarray(cells if cells.ndim == 1 else cells[:, list(column.places)].any(axis=1))


def _cells(values: Cells) -> np.ndarray:
    return np.asarray(unmasked(values), dtype=object)


def _numbers(cells: pd.Series, known: np.ndarray, source: str) -> np.ndarray:
    """Return weights, 0 where no label is known."""
    numbers = pd.to_numeric(cells, errors="coerce").to_numpy(np.float64)
    with np.errstate(invalid="ignore"):
        bad = np.flatnonzero(known & ~((numbers >= 0) & (numbers <= _MOST)))
    if len(bad):
        row, value = int(bad[0]) + 1, cells.iloc[bad[0]]
        more = "" if len(bad) == 1 else f" {len(bad)} weights do not fit; this is the first."
        missing = value is None or value != value or value == ""
        raise DataError(
            f"the weight is {'missing' if missing else repr(value)}; expected a finite number >= 0 "
            f"beside a known label (0 leaves it out).{more}",
            place=f"{source}: data row {row}, column {cells.name!r}",
            row=row,
            column=str(cells.name),
            value=None if missing else value,
            expected="a finite number >= 0",
            count=len(bad),
        )
    return np.where(known, numbers, 0.0)
