"""Rows that equal or nearly equal each other, and rows whose order tells the label."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labelfeed.data.dataset import DataError, Dataset
from labelfeed.data.groups import together
from labelfeed.data.near_duplicates import near_duplicates
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.labels.encoding import UNKNOWN

__all__ = ["alike_notes", "order_notes"]

_MOST_ROWS = 20_000  # that near duplicates are looked for among
_LEAST_ROWS, _LEAST = 50, 10  # labelled, and not of the most frequent class
_SORTED = 0.1  # of the changes of class from row to row that mixed rows have
_FINE = 20  # different values of a number that is measured
_SHOWN = 6


def alike_notes(dataset: Dataset) -> tuple[str, ...]:
    """Return a line about rows that are equal, and one about rows that are nearly so.

    Args:
        dataset: Rows as training reads them.
    """
    found = together(dataset.features, dataset.groups, dataset.group_name)
    notes = [note for note in found.notes if not note.startswith("split by ")]
    rows = np.arange(len(dataset))
    if len(rows) > _MOST_ROWS:
        rows = np.linspace(0, len(rows) - 1, _MOST_ROWS).astype(int)
    some = dataset.take(rows).features
    try:
        x = Preprocessor.fit(some).transform(some)
    except DataError:  # what training says better
        return tuple(notes)
    fine = sum(len(np.unique(column)) > _FINE for column in x[:1000].T) if x.ndim == 2 else _LEAST
    if fine < 3:  # few measured numbers: many rows are near by chance
        return tuple(notes)
    near = near_duplicates(x)
    if near.rows:
        one, other = (str(dataset.row_ids[rows[place]]) for place in near.pairs[0])
        notes.append(
            f"{near.rows:,} of {near.looked_at:,} rows looked at nearly equal another one (such as "
            f"{one} and {other}): if they are one case twice, training and test may share it"
        )
    return tuple(notes)


def order_notes(dataset: Dataset) -> tuple[str, ...]:
    """Return a line about labels by which the file is sorted."""
    names = [
        column.name for column in dataset.spec.label_columns if _follows(column.ids(dataset.labels))
    ]
    if not names:
        return ()
    shown = _some(names)
    return (
        f"the rows stand in the order of {shown}: a number that counts them, a time or a batch "
        "would tell the label",
    )


def _follows(ids: np.ndarray) -> bool:
    known = ids[ids != UNKNOWN]
    counts = np.bincount(known) if len(known) else np.zeros(1, int)
    if len(known) < _LEAST_ROWS or np.sort(counts)[:-1].sum() < _LEAST:
        return False
    mixed = 1 - float(((counts / len(known)) ** 2).sum())
    return float(np.mean(known[1:] != known[:-1])) < _SORTED * mixed


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(map(repr, names[:_SHOWN]))
    return shown + (f", ... ({len(names)} labels)" if len(names) > _SHOWN else "")
