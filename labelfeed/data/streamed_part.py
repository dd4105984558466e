"""What rows that stay on disk have in common: parts of them, and the split of a sample."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable
from contextlib import AbstractContextManager

import numpy as np

from labelfeed.data.dataset import DataError, Dataset
from labelfeed.data.split import Split

__all__ = ["StreamedPart", "learned", "split_of_sample"]


@dataclasses.dataclass(frozen=True)
class StreamedPart:
    """Some training rows.

    Args:
        rows: The rows.
        of: Rows that were read for them.
        equal: Of these left out, as they equal a held-out row of another group.
        located: Context in which an error about one of the rows names its file.
    """

    rows: Dataset
    of: int
    equal: int = 0
    located: Callable[[], AbstractContextManager[None]] = contextlib.nullcontext


def split_of_sample(
    sample: Dataset, part: np.ndarray, test_share: float, validation_share: float
) -> Split:
    """Return the parts of a sample, as positions in it; unlabelled rows are for training.

    Args:
        sample: The rows.
        part: int `(n,)`: 0 training, 1 test, 2 validation.
        test_share: Whether a test part is wanted: above 0.
        validation_share: Whether a validation part is wanted.

    Raises:
        DataError: A part that is wanted, or training, gets no labelled row.
    """
    part = np.where(sample.labelled, part, 0)
    parts = [np.flatnonzero(part == k) for k in range(3)]
    wanted = (True, test_share > 0, validation_share > 0)
    for name, rows, want in zip(("training", "test", "validation"), parts, wanted, strict=True):
        if want and not sample.labelled[rows].any():
            raise DataError(
                f"{sample.source}: no labelled row falls to {name}: there are too few "
                "rows or groups to be split by a hash of each."
            )
    return Split(parts[0], parts[2], parts[1])


def learned(rows: Dataset) -> np.ndarray:
    """Return which rows tell something to learn: a label, or a soft one.

    Args:
        rows: The rows.
    """
    learned = rows.labelled
    if rows.soft is not None:
        learned = learned | ~np.isnan(rows.soft).reshape(len(rows), -1).all(axis=1)
    return learned
