"""Checks of the data alone: a column that is the target under another name."""

from __future__ import annotations

import numpy as np

from labelfeed.audit.probes import FeatureCopyProbe
from labelfeed.labels.spec import LabelSpec
from labelfeed.sides.relation import determines
from labelfeed.types import Features, Labels

__all__ = ["feature_copy"]


def feature_copy(x: Features, y: Labels, spec: LabelSpec) -> tuple[FeatureCopyProbe, ...]:
    """Find the columns of a table that determine the target one to one.

    Such a column is the target under other names or numbers: each of its values goes with one
    class and each class with one value. A column that merely predicts well is not reported.

    Args:
        x: Table: array `(n, columns)`, a data frame, or a dict of columns `(n,)`. Images and
            other arrays give no finding.
        y: Labels as `spec.encode` takes them; unknown ones are left out.
        spec: The label's spec; each of its columns is looked for, and beside others each class of
            a column.

    Returns:
        One probe per column and label, empty if there is none or fewer than 20 labelled rows.

    Reference: Kaufman, Rosset, Perlich (2011), "Leakage in data mining".

    Example:
        >>> import numpy as np
        >>> from labelfeed import LabelSpec
        >>> y = np.arange(40) % 2
        >>> table = {"age": np.arange(40), "code": np.where(y == 1, "C50", "D24")}
        >>> [probe.column for probe in feature_copy(table, y, LabelSpec.single(2))]
        ['code']
    """
    ids = spec.encode(y)
    labels = {column.name: column.ids(ids) for column in spec.label_columns}
    if spec.class_columns:  # a feature may also say no more than whether it is one class
        labels |= {spec.name_of(j): own for j, own in enumerate(ids.T)}
    found = []
    for column, values in _columns(x):
        for name, label in labels.items():
            known = label >= 0
            if determines(values[known], label[known], both_ways=True):
                found.append(FeatureCopyProbe(column, name, int(known.sum())))
    return tuple(found)


def _columns(x: Features) -> list[tuple[str, np.ndarray]]:
    if hasattr(x, "columns"):
        return [(str(name), np.asarray(x[name])) for name in x.columns]
    if isinstance(x, dict):
        arrays = {str(name): np.asarray(values) for name, values in x.items()}
        return [(name, a.reshape(len(a))) for name, a in arrays.items() if a.size == len(a)]
    if isinstance(x, (list, tuple)) or getattr(x, "ndim", len(getattr(x, "shape", ()))) != 2:
        return []
    table = np.asarray(x)
    return [(str(j), table[:, j]) for j in range(table.shape[1])]
