"""The table as it was, with repaired labels."""

from __future__ import annotations

import numpy as np
import pandas as pd

from labelfeed.data.cleaned_columns import error_column, given_column, suggestion_column
from labelfeed.data.dataset import Dataset
from labelfeed.labels.columns import LabelColumn
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.noise.cleaned import Cleaned

__all__ = ["repaired_table", "with_labels"]


def repaired_table(frame: pd.DataFrame, cleaned: Cleaned) -> pd.DataFrame:
    """Return a table whose label columns are repaired, and beside them what was found.

    Args:
        frame: The raw cells of the file that was cleaned.
        cleaned: What was found.

    Returns:
        The table with three columns more for each label: `LABEL given` (the cells as they were),
        `LABEL error probability` and `LABEL suggestion`.
    """
    table = with_labels(frame, cleaned.dataset, cleaned.labels)
    for found in cleaned.columns:
        name = found.column.name
        words = _spellings(frame, cleaned.dataset, found.column)
        joined = name not in frame.columns
        if given_column(name) not in frame.columns:
            table[given_column(name)] = words[found.given] if joined else frame[name]
        table[error_column(name)] = found.error.round(4)
        table[suggestion_column(name)] = words[found.suggestion]
    return table


def with_labels(frame: pd.DataFrame, dataset: Dataset, labels: np.ndarray) -> pd.DataFrame:
    """Return a table with other labels; cells whose label stays are left as they are.

    Args:
        frame: The raw cells.
        dataset: The same rows as they were read.
        labels: Labels encoded as those of `dataset`.
    """
    table = frame.copy()
    columns = dataset.spec.label_columns
    if columns[0].name not in frame.columns:  # one column whose cells name all labels
        changed = np.flatnonzero((labels != dataset.labels).any(axis=1))
        cells = table[dataset.spec.name].to_numpy(dtype=object, copy=True)
        for row in changed:
            names = [c.name for c, state in zip(columns, labels[row], strict=True) if state == 1]
            separator = dataset.cells.separator or "|"
            cells[row] = separator.join(names) or dataset.cells.none_word or ""
        table[dataset.spec.name] = cells
        return table
    for column in columns:
        if column.name not in frame.columns:
            continue
        now, before = column.ids(labels), column.ids(dataset.labels)
        changed = np.flatnonzero(now != before)
        if changed.size:
            words = _spellings(frame, dataset, column)
            cells = table[column.name].to_numpy(dtype=object, copy=True)
            cells[changed] = words[now[changed]]
            table[column.name] = pd.Series(cells, index=table.index).infer_objects()
    return table


def _spellings(frame: pd.DataFrame, dataset: Dataset, column: LabelColumn) -> np.ndarray:
    """Return how the file mostly writes each class; the last entry, -1, is an empty cell."""
    words = np.empty(column.num_classes + 1, dtype=object)
    words[:] = [*column.names, None]
    if column.name in frame.columns:
        ids = column.ids(dataset.labels)
        for c in np.unique(ids[ids != UNKNOWN]):
            words[c] = frame[column.name][ids == c].mode().iloc[0]
    return words
