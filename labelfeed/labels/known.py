"""Known labels that are to be fed: as ids, one row for each row of features; never rounded."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from labelfeed.labels.arrays import unmasked
from labelfeed.labels.encoding import UNKNOWN, LabelError
from labelfeed.labels.spec import LabelSpec
from labelfeed.types import Labels

__all__ = ["hard_ids", "known_of_rows"]


def known_of_rows(known: Labels, rows: int, spec: LabelSpec) -> np.ndarray:
    """Return known labels as ids, int32 `(rows,)` (single) or `(rows, num_labels)`, -1 unknown.

    Args:
        known: Anything `LabelSpec.encode` takes, soft labels excepted; one value for all rows
            (single); or a dict of label names to one value for all rows or to a value per row.
        rows: Number of rows of the features.
        spec: The label's spec.

    Raises:
        LabelError: A label does not fit or is soft, or the number of rows differs.

    Example:
        >>> known_of_rows({"fever": 1}, 2, LabelSpec.multi(["cough", "fever"])).tolist()
        [[-1, 1], [-1, 1]]
    """
    if spec.kind == "single" and np.ndim(known) == 0 and not isinstance(known, Mapping):
        known = [known] * rows
    if isinstance(known, Mapping):
        known = {k: unmasked(v) for k, v in known.items()}
        known = {k: v if np.ndim(v) else np.full(rows, v, dtype=object) for k, v in known.items()}
        if not known:
            return np.full((rows, *spec.shape), UNKNOWN, np.int32)
    ids = hard_ids(known, spec)
    if len(ids) != rows:
        raise LabelError(f"known= has {len(ids)} rows, the features have {rows}.")
    return ids


def hard_ids(known: Labels, spec: LabelSpec) -> np.ndarray:
    """Return the ids of labels that are to be fed; soft ones are refused, not rounded.

    Args:
        known: Anything `LabelSpec.encode` takes, soft labels excepted.
        spec: The label's spec.

    Raises:
        LabelError: A label does not fit or is soft; names row and column.
    """
    try:
        return spec.encode(known, cells=spec.id_cells)
    except LabelError as error:
        try:
            spec.encode(known, soft="nearest", cells=spec.id_cells)
        except LabelError:
            raise error from None
        raise LabelError(
            f"got {error.value!r}, a soft label. A known label is fed as it is known, and is never "
            "rounded: give 0 or 1, a class, or unknown (-1, None)"
            + ("; predict takes soft ones." if spec.shape else "."),
            place=error.place,
            row=error.row,
            column=error.column,
            value=error.value,
            expected="a class, 0, 1 or unknown",
            count=error.count,
        ) from None
