"""A table that several annotators have labelled: their columns, and the label they agree on."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from labelfeed.data.dataset import DataError, Dataset
from labelfeed.data.groups import together
from labelfeed.data.loading import load_data
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.data.read_table import read_table
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.noise.agreed import agree
from labelfeed.noise.annotators import majority, usable
from labelfeed.noise.cleaned import Cleaned
from labelfeed.noise.honest import ColumnNoise
from labelfeed.noise.matrix import shrunk_matrix
from labelfeed.noise.readings import class_ids
from labelfeed.types import DataPath, Plain

__all__ = ["clean_annotated", "read_annotators"]


def clean_annotated(
    path: DataPath,
    annotators: Sequence[str],
    *,
    target: str = "label",
    plain: Plain = "auto",
    seed: int = 0,
    on_step: Callable[[int, int], None] | None = None,
    **reading: Any,
) -> Cleaned:
    """Return what annotators of a table together say, with what the features say.

    Each has a noise matrix of its own; see `labelfeed.noise.agreed.agree`.
    Annotators who label nothing, or always the same, are left out with a note.

    Args:
        path: CSV, Excel or Parquet file.
        annotators: Its columns with a label each, at least two.
        target: What the label is called; no column of the file.
        plain: The plain models, as `LabelFedClassifier` takes them.
        seed: Seed of everything drawn.
        on_step: Called with the number of blends fitted and the number of all.
        **reading: Further arguments of `load_data`.

    Returns:
        A `Cleaned` whose given label is the majority's.

    Raises:
        DataError: There is no such column, or no two annotators tell anything.

    References:
        Dawid and Skene 1979; Raykar et al. 2010, Learning from crowds.

    Example:
        >>> clean_annotated("scans.csv", ["reader1", "reader2"], target="ill")  # doctest: +SKIP
    """
    dataset, given, names, notes = read_annotators(path, annotators, target, reading)
    (column,) = dataset.spec.label_columns
    x = Preprocessor.fit(dataset.features).transform(dataset.features)
    groups = together(dataset.features, dataset.groups, dataset.group_name).ids
    found, q = agree(
        x, given, dataset.spec, groups=groups, weight=dataset.weights, plain=plain, seed=seed,
        on_step=on_step,
    )  # fmt: skip
    wrong = found.error_rates(given)
    told = ", ".join(f"{n} {rate:.0%}" for n, rate in zip(names, wrong, strict=True))
    seen = (given != UNKNOWN).sum(axis=1) > 1
    top = np.where(given == UNKNOWN, np.iinfo(given.dtype).max, given).min(axis=1)
    differ = float((given.max(axis=1) != top)[seen].mean()) if seen.any() else 0.0
    notes += (f"wrong labels by annotator: {told}; two or more differ in {differ:.0%} of the rows",)
    votes = dataset.labels
    often = np.bincount(votes[votes != UNKNOWN], minlength=column.num_classes)
    counts = found.posterior[votes != UNKNOWN].T @ np.eye(column.num_classes)[votes[votes >= 0]]
    noise = ColumnNoise(
        column, votes, shrunk_matrix(counts, often / max(often.sum(), 1)), q, found.posterior,
        0.0, 0.0, True,
    )  # fmt: skip
    return Cleaned(dataset, (noise,), x, notes)


def read_annotators(
    path: DataPath,
    annotators: Sequence[str],
    target: str,
    reading: dict[str, Any],
    *,
    verified: bool = False,
) -> tuple[Dataset, np.ndarray, tuple[str, ...], tuple[str, ...]]:
    """Return labelled rows, ids `(n, R)`, the annotators that are kept, and notes.

    Args:
        path: The file.
        annotators: Their columns.
        target: What they agree on.
        reading: Further arguments of `load_data`.
        verified: Whether the file may hold the target: then it labels the rows, else the majority.

    Raises:
        DataError: There is no such column, or no two annotators tell anything.
        LabelError: A cell can mean several things; names row and column.
    """
    table = read_table(path, reading.get("encoding"))
    frame = table.frame
    there = target in frame.columns
    if there and not verified:
        raise DataError(
            f"{table.source}: {target!r} is a column already. Name a new one for what the "
            f"annotators agree on, or give {target!r} as one of them."
        )
    cells, ranges = reading.get("cells") or CellRules(), reading.get("side_ranges") or {}
    ids, _ = class_ids(frame, annotators, table.source, cells, ranges=ranges)
    kept, notes = usable(ids, annotators)
    if len(kept) < 2:
        told = "; ".join(notes)
        raise DataError(
            f"{table.source}: fewer than two annotators are left ({told or 'name more'})."
        )
    names = tuple(annotators[at] for at in kept)
    labelled = [*names, *([target] if there else [])]
    ids, classes = class_ids(frame, labelled, table.source, cells, ranges=ranges)
    given, spec = ids[:, : len(names)], LabelSpec.single(classes, name=target)
    first, every = names[0], {*annotators, *labelled}  # any of them: what it says is replaced
    drop = (*(reading.get("drop") or ()), *sorted(every - {first}))
    others = {name: how for name, how in ranges.items() if name not in every}
    own = {k: v for k, v in reading.items() if k not in ("labels", "order", "target")}
    own |= {"target": first, "drop": drop, "side_ranges": {**others, first: 0}}
    rows = load_data(path, **own)
    labels = ids[:, -1] if there else majority(given, len(classes)).astype(np.int32)
    rows = dataclasses.replace(
        rows, labels=labels, spec=spec, label_names=(target,), notes=(), soft=None
    )
    return rows, given, names, notes
