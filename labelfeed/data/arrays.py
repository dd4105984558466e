"""NumPy archives: `x` and `y` of an npz file into raw features and labels."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from labelfeed.data import label_reading
from labelfeed.data.archive import read_archive
from labelfeed.data.dataset import DataError, Dataset, check_group, did_you_mean
from labelfeed.data.labelling import Labelled, multi_labels, spec_columns
from labelfeed.data.side_numbers import split_by_name
from labelfeed.data.sides import SideRanges, read_sides, side_names
from labelfeed.data.spellings import spelling_notes
from labelfeed.data.weights import read_weights, weight_columns
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.encoding import NO_RULES, UNKNOWN
from labelfeed.labels.spec import LabelSpec

__all__ = ["load_arrays"]

_GROUPS = "groups"


def load_arrays(
    path: str | Path,
    *,
    features: str = "x",
    target: str | None = None,
    spec: LabelSpec | None = None,
    sides: Sequence[str | LabelSpec] = (),
    weights: Sequence[str] = (),
    side_ranges: SideRanges | None = None,
    group: str | None = None,
    read_labels: bool = True,
    cells: CellRules = NO_RULES,
) -> Dataset:
    """Load an npz archive.

    Args:
        path: File made by `numpy.savez`.
        features: Name of the feature array, of shape `(n, d)`, `(n, height, width)` or
            `(n, height, width, channels)`.
        target: Name of the label array (`"y"` when `None`): ids or names of shape `(n,)` or
            `(n, 1)`, one-hot rows, or yes/no labels of shape `(n, num_labels)`. -1, NaN and ""
            are unknown, but -1 beside 0 and 1 is asked for. Rows that are all one-hot become a
            single label.
        spec: Label spec of a saved run; a missing label array is then fine.
        sides: Names of arrays `(n,)` with side labels, or their specs of a saved run.
        side_ranges: How side labels of numbers are cut into ranges; see `read_sides`.
        weights: Name of an array with the weights of rows, `(n,)`.
        group: Name of an array `(n,)` of groups, such as patients, that stay on one side of every
            split; when `None` an array `"groups"` of that shape is taken. With `spec` it may be
            absent.
        read_labels: With `spec`: whether to read the labels; if not, all are unknown.
        cells: What cells mean that are no plain values; see `load_table`. -1 among ids beyond 0
            and 1, and in int32 arrays, is unknown without asking.

    Returns:
        A `Dataset` of kind `"arrays"`; row ids count from 1.

    Raises:
        DataError: The file cannot be read, or the arrays do not fit each other.
        LabelError: A label that does not fit; names row and column.

    Example:
        >>> data = load_arrays("digits.npz", features="images")  # doctest: +SKIP
    """
    path = Path(path)
    source = str(path)
    target = "y" if target is None else target
    check_group(group, [target, features], "target or the features")
    check_group(group, side_names(sides), "side label")
    found = _read(path, (features, target, group or _GROUPS, *side_names(sides), *weights))
    x = _features(found, features, source)
    ranges, side_ranges = split_by_name(side_ranges, (target,) if spec is None else ())
    dataset = _labelled(found, x, target, spec, read_labels, features, source, cells, ranges)
    given = _sides(found, sides, (features, target), len(x), source)
    side_labels, told = read_sides(given, sides, len(x), ranges=side_ranges, cells=_of_ids(cells))
    heavy = weight_columns(weights, (), found, source, needed=spec is None)
    for name in [n for n in heavy.values() if n in found]:
        if found[name].shape != (len(x),):
            shape = f"has shape {found[name].shape}; expected ({len(x)},)"
            raise DataError(f"{source}: the weight {name!r} {shape}.")
    read = Labelled(dataset.labels, dataset.spec, soft=dataset.soft)
    read, weighed, light = read_weights(found, heavy, read, source)
    spellings = dataset.spellings + side_labels.spellings
    notes = dataset.notes + light + told + spelling_notes(spellings, spec is None)
    groups = _groups(found, group, spec is None, (features, target), len(x), source)
    return dataclasses.replace(
        dataset,
        labels=read.labels,
        soft=read.soft,
        weights=weighed,
        sides=side_labels,
        notes=notes,
        spellings=spellings,
        groups=groups,
        group_name=(group or _GROUPS) if groups is not None else "",
    )


def _groups(
    found: dict[str, Any],
    group: str | None,
    needed: bool,
    taken: tuple[str, ...],
    rows: int,
    source: str,
) -> np.ndarray | None:
    """Return the array of groups, if there is one."""
    name = group or _GROUPS
    if name in taken:
        return None
    values = found.get(name)
    if values is None:
        if group is not None and needed:
            raise DataError(f"{source}: there is no array {name!r}.{did_you_mean(name, found)}")
        return None
    if values.shape not in ((rows,), (rows, 1)):
        if group is None:
            return None
        raise DataError(f"{source}: {name!r} has shape {values.shape}; expected ({rows},).")
    return values.reshape(rows)


def _sides(
    found: dict[str, Any],
    sides: Sequence[str | LabelSpec],
    taken: tuple[str, ...],
    rows: int,
    source: str,
) -> dict[str, Any]:
    """Return the arrays of side labels that are there."""
    given = {}
    for side, name in zip(sides, side_names(sides), strict=True):
        if name in taken:
            raise DataError(f"{name!r} cannot be both a side label and features or target.")
        if name not in found:
            if isinstance(side, str):
                raise DataError(f"{source}: there is no array {name!r}.{did_you_mean(name, found)}")
            continue
        values = found[name]
        if values.shape not in ((rows,), (rows, 1)):
            raise DataError(
                f"{source}: the side label {name!r} has shape {values.shape}; expected ({rows},)."
            )
        given[name] = values.reshape(-1).tolist()
    return given


def _labelled(
    found: dict[str, Any],
    x: np.ndarray,
    target: str,
    spec: LabelSpec | None,
    read_labels: bool,
    features: str,
    source: str,
    cells: CellRules,
    ranges: SideRanges,
) -> Dataset:
    """Return features with labels."""
    ids = np.arange(1, len(x) + 1)
    if target not in found:
        if spec is None:
            hint = did_you_mean(target, [k for k in found if k != features])
            raise DataError(f"{source}: there is no label array {target!r}.{hint}")
        labels = np.full((len(x), *spec.shape), UNKNOWN, np.int32)
        return Dataset("arrays", x, labels, spec, ids, source)
    if spec is not None and not read_labels:
        labels = np.full((len(x), *spec.shape), UNKNOWN, np.int32)
        return Dataset("arrays", x, labels, spec, ids, source, (target,))
    y = found[target]
    if y.ndim not in (1, 2) or len(y) != len(x):
        raise DataError(
            f"{source}: {target!r} has shape {y.shape}; expected ({len(x)},) or "
            f"({len(x)}, number of labels), as {features!r} has {len(x)} rows."
        )
    y, notes = _simplest(y, spec)
    if y.dtype.kind in "iuf":
        trusted = y.dtype == np.int32 or (y.ndim == 1 and np.any(y >= 2))
        cells = _of_ids(cells) if trusted else cells
    if y.ndim == 1:
        ranges = {target: 0, **ranges} if y.dtype == np.int32 else ranges  # ids
        read = label_reading.read_labels({target: y}, spec, source, cells, ranges)
    else:
        names = [f"{target}{i}" for i in range(y.shape[1])]
        if spec is not None:
            names = list(spec_columns(spec))
            if len(names) != y.shape[1]:  # (n, 1) and one-hot rows are one column by now
                raise DataError(
                    f"{source}: {target!r} has shape {y.shape}; expected a column for each "
                    f"label column of the run ({', '.join(names)})."
                )
        columns = {name: y[:, i] for i, name in enumerate(names)}
        read = multi_labels(columns, spec, source, target, cells)
    found_notes = notes + read.notes
    dataset = Dataset("arrays", x, read.labels, read.spec, ids, source, (target,), found_notes)
    return dataclasses.replace(
        dataset, soft=read.soft, cells=cells, spellings=read.spellings, numbers=read.numbers
    )


def _of_ids(cells: CellRules) -> CellRules:
    """Return rules by which -1 is unknown, as among ids."""
    return cells if cells.declared("-1") else cells.plus(CellRules(missing=-1))


def _read(path: Path, names: tuple[str, ...]) -> dict[str, Any]:
    """Return the named arrays; for the others only their name."""
    if path.suffix.lower() != ".npz":
        raise DataError(f"{path}: expected a file that ends in .npz.")
    if not path.is_file():
        raise DataError(f"{path}: no such file.")
    if path.stat().st_size == 0:
        raise DataError(f"{path}: the file is empty.")
    return read_archive(path, names)


def _features(found: dict[str, Any], name: str, source: str) -> np.ndarray:
    if name not in found:
        raise DataError(f"{source}: there is no feature array {name!r}.{did_you_mean(name, found)}")
    x: np.ndarray = found[name]
    if x.dtype.kind not in "iufb":
        raise DataError(f"{source}: {name!r} has dtype {x.dtype}; expected numbers.")
    if x.ndim not in (2, 3, 4) or 0 in x.shape:
        raise DataError(
            f"{source}: {name!r} has shape {x.shape}; expected (rows, features), "
            "(rows, height, width) or (rows, height, width, channels), none of them 0."
        )
    return x[..., None] if x.ndim == 3 else x


def _simplest(y: np.ndarray, spec: LabelSpec | None) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return `(n, 1)` and one-hot labels as one column, others as they are."""
    if spec is not None and spec.shape:
        return (y[:, None] if y.ndim == 1 else y), ()
    if y.ndim == 1 or y.shape[1] == 1:
        return y.reshape(len(y)), ()
    if y.dtype.kind not in "iufb":
        return y, ()
    numbers = y.astype(np.float64)
    unknown = np.all(np.isnan(numbers) | (numbers == UNKNOWN), axis=1)
    known = numbers[~unknown]
    one_hot = np.all((known == 0) | (known == 1)) and np.all(known.sum(axis=1) == 1)
    if not len(known) or not one_hot or (spec is not None and spec.num_classes != y.shape[1]):
        return y, ()
    ids = np.full(len(y), UNKNOWN, np.int32)
    ids[~unknown] = known.argmax(axis=1)
    return ids, ("labels are one-hot in every row: read as one single label",)
