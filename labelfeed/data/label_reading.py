"""The label columns of a file: one label, several, or several in a cell."""

from __future__ import annotations

import dataclasses
from collections.abc import Container, Mapping

import numpy as np

from labelfeed.data.dataset import DataError, did_you_mean
from labelfeed.data.joined_cells import joined_labels
from labelfeed.data.label_numbers import (
    LabelNumber,
    in_places,
    label_number,
    number_notes,
    with_numbers,
)
from labelfeed.data.labelling import Labelled, multi_labels, single_labels, spec_columns
from labelfeed.data.sides import SideRanges
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.types import Cells

__all__ = ["label_columns", "read_labels", "unlabelled"]


def label_columns(spec: LabelSpec, cells: CellRules, columns: Container[str]) -> tuple[str, ...]:
    """Return the columns of a file that hold a run's labels: one with several in a cell, or each.

    Args:
        spec: The run's label spec.
        cells: The run's rules; a separator means several labels in a cell.
        columns: The columns that the file has.
    """
    return (spec.name,) if _joined(spec, cells) and spec.name in columns else spec_columns(spec)


def read_labels(
    columns: Mapping[str, Cells],
    spec: LabelSpec | None,
    source: str,
    cells: CellRules,
    ranges: SideRanges | None = None,
) -> Labelled:
    """Return the labels of a file; columns of numbers, such as age, as ranges of them.

    Args:
        columns: Its label columns, at least one.
        spec: The label spec of a run; `None` for new data.
        source: The file, for messages.
        cells: What was declared of cells that are no plain values.
        ranges: By column of numbers how many ranges (0: each number is a class), or cut points.

    Raises:
        DataError: There is nothing to learn, or a separator and several columns.
        LabelError: A label that does not fit; names row and column.
    """
    numbers, told = _numbers(columns, spec, source, cells, ranges or {})
    if not numbers:
        read = _read(columns, spec, source, cells)
        return dataclasses.replace(read, notes=read.notes + told)
    texts = {name: numbers[name].texts if name in numbers else columns[name] for name in columns}
    read = _read(texts, spec, source, cells)
    found, labels, soft = read.spec, read.labels, read.soft
    if spec is None:
        found, labels = with_numbers(found, labels, {n: v.ranges for n, v in numbers.items()})
        soft = None if soft is None else in_places(soft, read.spec, found)
    return dataclasses.replace(
        read,
        spec=found,
        labels=labels,
        soft=soft,
        notes=read.notes + told,
        spellings=tuple(s for s in read.spellings if s.column not in numbers),
        numbers={name: number.numbers for name, number in numbers.items()},
    )


def _numbers(
    columns: Mapping[str, Cells],
    spec: LabelSpec | None,
    source: str,
    cells: CellRules,
    ranges: SideRanges,
) -> tuple[dict[str, LabelNumber], tuple[str, ...]]:
    """Return the columns that are numbers, and notes about new ones."""
    of = {} if spec is None else {column.name: column for column in spec.label_columns}
    if cells.separator is not None or (spec is not None and not any(c.number for c in of.values())):
        return {}, ()
    found: dict[str, LabelNumber] = {}
    notes: list[str] = []
    for name, values in columns.items():
        number = label_number(name, values, ranges.get(name), cells, source, of.get(name))
        if number is not None:
            found[name] = number
        if spec is None and name not in ranges:
            notes += number_notes(name, number, values)
    return found, tuple(notes)


def _read(
    columns: Mapping[str, Cells], spec: LabelSpec | None, source: str, cells: CellRules
) -> Labelled:
    first = next(iter(columns))
    for column, _ in cells.uncertain if spec is None else ():
        if column and column not in columns:
            hint = did_you_mean(column, columns)
            raise DataError(f"{source}: uncertain: there is no label column {column!r}.{hint}")
    if spec is None and cells.separator is not None:
        if len(columns) > 1:
            raise DataError(
                f"{source}: a separator goes with one label column, whose cells name all labels; "
                f"got {len(columns)}, {first!r} and others."
            )
        return joined_labels(columns[first], first, None, source, cells)
    if spec is not None and list(columns) == [spec.name] and _joined(spec, cells):
        return joined_labels(columns[first], first, spec, source, cells)
    soft = spec is None and cells.how(first).startswith("soft=")  # of one yes/no label
    if soft or (len(columns) > 1 if spec is None else spec.shape):
        return multi_labels(columns, spec, source, cells=cells)
    return single_labels(columns[first], first, spec, source, cells)


def unlabelled(spec: LabelSpec, rows: int) -> Labelled:
    """Return labels that are all unknown."""
    return Labelled(np.full((rows, *spec.shape), UNKNOWN, np.int32), spec)


def _joined(spec: LabelSpec, cells: CellRules) -> bool:
    return bool(spec.shape) and not spec.class_columns and cells.separator is not None
