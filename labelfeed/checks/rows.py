"""Rows that equal or nearly equal each other, so that one may be trained on and one scored."""

from __future__ import annotations

import numpy as np

from labelfeed.data.dataset import DataError, Dataset
from labelfeed.data.groups import together
from labelfeed.data.near_duplicates import near_duplicates
from labelfeed.data.preprocessing import Preprocessor

__all__ = ["alike_notes"]

_MOST_ROWS = 20_000  # that near duplicates are looked for among


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
    near = near_duplicates(x)
    if near.rows:
        one, other = (dataset.row_ids[rows[place]] for place in near.pairs[0])
        notes.append(
            f"{near.rows:,} of {near.looked_at:,} rows looked at nearly equal another one (such as "
            f"row {one} and {other}): if they are one case twice, training and test may share it"
        )
    return tuple(notes)
