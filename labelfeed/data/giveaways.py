"""What else gives a label away: order of the rows, features computed from labels, empty cells."""

from __future__ import annotations

import numpy as np
import pandas as pd

from labelfeed.data.missing_cells import missing_notes
from labelfeed.data.telling import told_by
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec

__all__ = ["giveaway_notes", "mean_encoded", "order_notes"]

_LEAST_VALUES, _LEAST_ROWS = 5, 50
_OFF = 0.006  # of a mean that was rounded to two decimals
_AGAIN = 2.0  # rows of a value, on average


def giveaway_notes(features: pd.DataFrame, labels: np.ndarray, spec: LabelSpec) -> tuple[str, ...]:
    """Return a line for what tells labels: order of the rows, encoded targets, empty cells.

    Args:
        features: Raw columns.
        labels: As encoded, `(n,)` or `(n, num_labels)`, in the order of the file.
        spec: Their spec.
    """
    means = (
        f"column {name!r} is the mean of {label!r} over rows of its value: computed from the "
        "labels of all rows, held-out ones too. Compute it from training rows only, or drop it"
        for name, label in mean_encoded(features, labels, spec).items()
    )
    gaps = (
        f"{note}: just as empty before the label is known?"
        for note in missing_notes(features, labels, spec)
    )
    return (*order_notes(labels, spec), *means, *gaps)


def order_notes(labels: np.ndarray, spec: LabelSpec) -> tuple[str, ...]:
    """Return a line for each label that the place of a row in the file tells.

    Example:
        >>> order_notes(np.arange(90) // 45, LabelSpec.single(2, name="ill"))[0]
        "the rows are sorted by 'ill': a feature that counts them, as ids and dates do, tells it"
    """
    place = pd.DataFrame({"place": np.arange(len(labels)) + 0.5})  # .5: it is no identifier
    found = []
    for column in spec.label_columns:
        own = LabelSpec.single(max(column.num_classes, 2), name=column.name)
        if told_by(place, column.ids(labels), own):
            found.append(column.name)
    if not found:
        return ()
    shown = ", ".join(repr(name) for name in found[:3]) + (", ..." if len(found) > 3 else "")
    return (
        f"the rows are sorted by {shown}: a feature that counts them, as ids and dates do, "
        "tells it",
    )


def mean_encoded(features: pd.DataFrame, labels: np.ndarray, spec: LabelSpec) -> dict[str, str]:
    """Return the features that are the mean of a yes/no label over all rows of their value.

    That is what replacing a category by the mean of its labels leaves behind (target encoding), if
    it was done before the rows were split. Means that were smoothed or leave the row out are not
    found.

    Args:
        features: Raw columns.
        labels: As encoded.
        spec: Their spec.

    Returns:
        Name of the label by name of the column.

    Reference: Micci-Barreca (2001), "A preprocessing scheme for high-cardinality categorical
    attributes".

    Example:
        >>> town, ill = np.arange(200) % 8, (np.arange(200) // 8 < 3 * (np.arange(200) % 8)) * 1
        >>> mean = pd.Series(ill).groupby(town).transform("mean")
        >>> mean_encoded(pd.DataFrame({"town": mean}), ill, LabelSpec.single(2, name="ill"))
        {'town': 'ill'}
    """
    targets = {c.name: c.ids(labels) for c in spec.label_columns if c.num_classes <= 2}
    found: dict[str, str] = {}
    for name in features.columns:
        column = features[name]
        if column.dtype.kind in "biumMc":
            continue
        head = pd.to_numeric(column.head(100), errors="coerce").to_numpy(np.float64)
        known = head[~np.isnan(head)]
        if not len(known) or known.min() < 0 or known.max() > 1 or np.all(known % 1 == 0):
            continue
        numbers = pd.to_numeric(column, errors="coerce").to_numpy(np.float64)
        for target, ids in targets.items():
            rows = (ids != UNKNOWN) & ~np.isnan(numbers)
            values, inside = np.unique(numbers[rows], return_inverse=True)
            few = len(values) < _LEAST_VALUES or len(values) * _AGAIN > rows.sum()
            if few or rows.sum() < _LEAST_ROWS:
                continue
            means = np.bincount(inside, weights=ids[rows] == 1) / np.bincount(inside)
            if np.abs(means - values).max() < _OFF:
                found[str(name)] = target
    return found
