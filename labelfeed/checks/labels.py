"""What stands in the label columns: how often each value, and which are rare."""

from __future__ import annotations

import numpy as np

from labelfeed.checks.columns import percent
from labelfeed.data.dataset import Dataset
from labelfeed.labels.columns import LabelColumn
from labelfeed.labels.encoding import UNKNOWN

__all__ = ["label_lines", "rare_notes"]

_MANY = 24  # labels: more are told by their extremes
_FEW = 10  # rows of a class: a score of so few says little
_SHOWN = 6


def label_lines(dataset: Dataset) -> list[tuple[str, ...]]:
    """Return a header and a row for each label column: name, what it is, its values, unknown.

    Of more than 24 yes/no labels only the rarest and the most frequent get a row.

    Args:
        dataset: Rows with labels.
    """
    columns = dataset.spec.label_columns
    lines: list[tuple[str, ...]] = [("label", "is", "values", "unknown")]
    yes = {c.name: float((c.ids(dataset.labels) == 1).mean()) for c in columns if not c.of_classes}
    if len(yes) > _MANY:
        order = sorted(yes, key=lambda name: yes[name])
        told = {*order[:3], *order[-3:]}
        left = len(yes) - len(told)
    else:
        told, left = set(yes), 0
    for column in columns:
        if column.of_classes or not dataset.spec.shape or column.name in told:
            lines.append(_line(column, column.ids(dataset.labels)))
    if left:
        lines.append((f"... {left} more", "yes/no", "between these", ""))
    return lines


def _line(column: LabelColumn, ids: np.ndarray) -> tuple[str, ...]:
    known = ids[ids != UNKNOWN]
    counts = np.bincount(known, minlength=max(len(column.names), 2))
    unknown = len(ids) - len(known)
    if not column.of_classes and len(column.names) == 2:
        share = percent(counts[1] / max(len(known), 1))
        shown = [f"yes {counts[1]:,} ({share})", f"no {counts[0]:,}"]
        kind = "yes/no"
    else:
        order = np.argsort(-counts, kind="stable")
        shown = [f"{column.names[i]} {counts[i]:,}" for i in order[:_SHOWN]]
        if len(order) > _SHOWN:
            shown.append("...")
        kind = f"{len(column.names)} classes"
        if column.number is not None:
            kind = f"number, {len(column.names)} ranges"
    some = f"{unknown:,} ({percent(unknown / len(ids))})" if unknown else "-"
    return (column.name, kind, ", ".join(shown), some)


def rare_notes(dataset: Dataset) -> tuple[str, ...]:
    """Return a line about classes in fewer than 10 rows, and one about a class in nearly all."""
    rare: list[tuple[int, str]] = []
    notes = []
    columns = dataset.spec.label_columns
    for column in columns:
        ids = column.ids(dataset.labels)
        counts = np.bincount(ids[ids != UNKNOWN], minlength=len(column.names))
        yes_only = len(columns) > 1 and not column.of_classes
        for place, count in enumerate(counts):
            if 0 < count < _FEW and not (yes_only and place == 0):
                name = column.names[place]
                single = len(columns) == 1
                told = f"{column.name}={name}" if column.of_classes else repr(column.name)
                rare.append((int(count), repr(name) if single else told))
        top = counts.max() / max(counts.sum(), 1)
        if len(columns) == 1 and top > 0.8 and (counts > 0).sum() > 1:
            notes.append(
                f"{percent(float(top))} of the labelled rows are "
                f"{column.names[int(counts.argmax())]!r}: guessing it always is right so often, so "
                "look at balanced accuracy and AUC"
            )
    if rare:
        rare.sort()
        shown = ", ".join(f"{name} ({count})" for count, name in rare[:_SHOWN])
        more = f", ... ({len(rare)} in all)" if len(rare) > _SHOWN else ""
        notes.append(f"in fewer than {_FEW} rows, so that scores say little of them: {shown}{more}")
    return tuple(notes)
