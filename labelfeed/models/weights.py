"""Sample weights: matched by name, checked where a label is known, ignored where it is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from labelfeed.labels.arrays import label_array, unmasked
from labelfeed.labels.encoding import LabelError
from labelfeed.labels.errors import CellError
from labelfeed.labels.spec import LabelSpec
from labelfeed.types import ArrayLike, SampleWeight

__all__ = ["checked_weights", "known_cells"]

_MOST = float(np.finfo(np.float32).max)


def checked_weights(weight: SampleWeight, targets: np.ndarray, spec: LabelSpec) -> np.ndarray:
    """Return sample weights as float32, 0 where the label is unknown.

    A label that nobody knows is not scored, so its weight says nothing; but 0 times NaN is NaN.

    Args:
        weight: `(n,)` or `(n, 1)`; for multi labels also `(n, num_labels)`, or a table or dict by
            the names of labels or label columns.
        targets: Encoded targets, as `encode_targets` returns them.
        spec: The label's spec.

    Returns:
        `(n,)`, or `(n, num_labels)` for weights of each label.

    Raises:
        CellError: The shape does not fit, or the weight of a known label is negative or not
            finite; names row and column.

    Example:
        >>> spec = LabelSpec.single(["cat", "dog"])
        >>> checked_weights([2, float("nan")], np.array([1, -1]), spec).tolist()
        [2.0, 0.0]
    """
    rows = _array(weight, spec)
    known = known_cells(targets, spec)
    if rows.ndim == 2 and rows.shape[1] == 1 and spec.shape != (1,):
        rows = rows[:, 0]
    allowed = {(len(targets),)} | ({known.shape} if spec.kind == "multi" else set())
    if rows.shape not in allowed:
        needed = "one weight per row, (n,)"
        if spec.kind == "multi":
            needed += f", or one per label, (n, {spec.num_classes})"
        raise CellError(
            f"sample_weight has the shape {rows.shape} beside {len(targets)} rows of targets; the "
            f"{spec.kind} label {spec.name!r} needs {needed}.",
            expected=needed,
        )
    counts = known.any(axis=1) if known.ndim > rows.ndim else known
    with np.errstate(invalid="ignore"):
        bad = np.argwhere(counts & ~((rows >= 0) & (rows <= _MOST)))
    if len(bad):
        row, *column = (int(i) for i in bad[0])
        name = spec.name_of(column[0]) if column else None
        value = float(rows[(row, *column)])
        where = f"Row {row}" + ("" if name is None else f", column {name!r}")
        raise CellError(
            f"the weight of a known label is {value}; expected a finite number >= 0. "
            f"{len(bad)} weights do not fit.",
            place=f"sample_weight: {where}",
            row=row,
            column=name,
            value=value,
            expected="a finite number >= 0",
            count=len(bad),
        )
    return np.where(counts, rows, 0.0).astype(np.float32)


def known_cells(targets: np.ndarray, spec: LabelSpec) -> np.ndarray:
    """Return where encoded targets (ids, one-hot, soft) are known: `(n,)`, `(n, num_labels)`."""
    if spec.kind == "single" and targets.ndim == 2:
        return np.asarray(targets.sum(axis=1) > 0)
    return np.asarray(targets >= 0)  # False for NaN


def _array(weight: SampleWeight, spec: LabelSpec) -> np.ndarray:
    columns = getattr(weight, "columns", None)
    if isinstance(weight, Mapping) or (columns is not None and not _numbered(columns)):
        if spec.kind == "multi":
            return _by_name(weight, spec)
        if len(weight if columns is None else columns) != 1:
            names = list(weight if columns is None else columns)
            raise CellError(
                f"the single label {spec.name!r} needs one weight per row, got the columns "
                f"{names}.",
                place="sample_weight",
            )
        weight = next(iter(weight.values())) if columns is None else weight[columns[0]]
    if hasattr(weight, "detach"):
        weight = weight.detach().cpu()
    elif hasattr(weight, "to_numpy"):
        weight = weight.to_numpy()
    return _floats(weight)


def _by_name(weight: SampleWeight, spec: LabelSpec) -> np.ndarray:
    """Return the weights `(n, num_labels)`, NaN for labels that are not named."""
    labels = [spec.name_of(i) for i in range(spec.num_classes)]
    names = list(dict.fromkeys([*(c.name for c in spec.label_columns), *labels]))
    try:
        array = label_array(spec, names, weight)
    except LabelError as error:
        note = " For one weight per row give one column as a Series or an array."
        raise error.within("sample_weight", note) from error
    given = dict(zip(names, _floats(array).T, strict=True))
    out = np.stack([given[name] for name in labels], axis=1)
    for column in spec.label_columns:
        for place in column.places:
            own = out[:, place]
            out[:, place] = np.where(np.isnan(own), given[column.name], own)
    return out


def _floats(values: ArrayLike) -> np.ndarray:
    try:
        return np.asarray(unmasked(values), np.float64)
    except (TypeError, ValueError) as error:
        raise CellError(f"expected numbers: {error}.", place="sample_weight") from error


def _numbered(columns: Sequence[object]) -> bool:
    return list(columns) == list(range(len(columns)))
