"""The label columns of a file: one label, several, or several in a cell."""

from __future__ import annotations

from collections.abc import Container, Mapping

import numpy as np

from labelfeed.data.dataset import DataError, did_you_mean
from labelfeed.data.joined_cells import joined_labels
from labelfeed.data.labelling import Labelled, multi_labels, single_labels, spec_columns
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
) -> Labelled:
    """Return the labels of a file.

    Args:
        columns: Its label columns, at least one.
        spec: The label spec of a run; `None` for new data.
        source: The file, for messages.
        cells: What was declared of cells that are no plain values.

    Raises:
        DataError: There is nothing to learn, or a separator and several columns.
        LabelError: A label that does not fit; names row and column.
    """
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
