"""Classes that stand in an order: said by the user, checked against the file, or proposed."""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Mapping, Sequence

import numpy as np

from labelfeed.data.dataset import DataError, Dataset, did_you_mean
from labelfeed.labels.columns import LabelColumn
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.nearest import listed, nearest
from labelfeed.labels.spec import LabelSpec

__all__ = ["in_order", "order_proposals", "split_order"]

_MOST_STEPS = 7  # of a scale: ten digits are names more often than steps


def split_order(texts: Sequence[str], target: str) -> dict[str, tuple[str, ...]]:
    """Return the classes of each column in order, out of `none<mild<severe`.

    Args:
        texts: For each column `CLASS<CLASS<...`, lowest first, or `COL=CLASS<CLASS<...`; ` < ` with
            spaces where a name holds `<` itself.
        target: The column that is meant where none is named.

    Raises:
        DataError: There is only one class, one is empty or named twice, or a column is.

    Example:
        >>> split_order(["none<mild<severe", "age=<20 < 20-65 < >65"], "pain")
        {'pain': ('none', 'mild', 'severe'), 'age': ('<20', '20-65', '>65')}
    """
    found: dict[str, tuple[str, ...]] = {}
    for text in texts:
        name, equals, classes = text.partition("=")
        if not equals or "<" in name:
            name, classes = target, text
        parts = tuple(p.strip() for p in classes.split(" < " if " < " in classes else "<"))
        if len(parts) < 2 or not all(parts) or len(set(parts)) < len(parts):
            raise DataError(
                f"the order {text!r} must name two or more classes, each once, lowest first: "
                "none<mild<severe, or COL=none<mild<severe."
            )
        if name.strip() in found:
            raise DataError(f"two orders are given for {name.strip()!r}.")
        found[name.strip()] = parts
    return found


def in_order(dataset: Dataset, order: Mapping[str, Sequence[str]]) -> Dataset:
    """Return a data set whose columns of classes stand in the given order.

    Args:
        dataset: Rows whose spec was made of the file.
        order: For each column that has an order its classes, lowest first.

    Raises:
        DataError: There is no such column of classes, or its classes are other ones; names them.

    Example:
        >>> spec = LabelSpec.single(["mild", "none"], name="pain")
        >>> rows = Dataset("arrays", np.zeros((2, 1)), np.array([0, 1]), spec, np.arange(2), "rows")
        >>> found = in_order(rows, {"pain": ["none", "mild"]})
        >>> found.labels.tolist(), found.spec.names, found.spec.ordered
        ([1, 0], ('none', 'mild'), ('pain',))
    """
    spec = dataset.spec
    columns = {column.name: column for column in spec.label_columns}
    for name, classes in order.items():
        if name not in columns:
            hint = did_you_mean(name, columns)
            raise DataError(f"{dataset.source}: an order is given for no label: {name!r}.{hint}")
        _check(columns[name], classes, dataset.source)
    made: list[str | LabelSpec] = []
    for column in spec.label_columns:
        if column.number is not None:
            single = LabelSpec.ranges(column.number.edges, column.name)
            made.append(dataclasses.replace(single, numbers=(column.number,)))
        elif column.of_classes:
            given, ordered = order.get(column.name, column.names), column.name in order
            made.append(LabelSpec.single(given, column.name, ordered=ordered or column.ordered))
        else:
            made.append(column.name)
    if not spec.shape:
        new = made[0]
        assert isinstance(new, LabelSpec)
    else:
        new = dataclasses.replace(LabelSpec.columns(made, spec.name), words=spec.words)
    labels = np.array(dataset.labels)
    for column, placed in zip(spec.label_columns, new.label_columns, strict=True):
        ids = column.ids(dataset.labels)
        if column.of_classes:
            rank = np.array([placed.names.index(n) for n in column.names])
            ids = np.where(ids == UNKNOWN, UNKNOWN, rank[ids])
        placed.put(labels, ids.astype(np.int32))
    return dataclasses.replace(dataset, labels=labels, spec=new)


def _check(column: LabelColumn, classes: Sequence[str], source: str) -> None:
    """Raise unless these are the classes of the column."""
    where = f"{source}: the order of {column.name!r}"
    if not column.of_classes:
        raise DataError(f"{where}: it is yes/no, not a column of classes.")
    extra = [c for c in classes if c not in column.names]
    left = [c for c in column.names if c not in classes]
    if not extra and not left:
        return
    parts = []
    if extra:
        meant = [(c, nearest(c, left)) for c in extra]
        shown = [f"{c!r} (did you mean {m!r}?)" if m else repr(c) for c, m in meant]
        parts.append(f"no row holds {', '.join(shown)}")
    if left:
        parts.append(f"it leaves out {listed(left)}")
    raise DataError(
        f"{where}: {', and '.join(parts)}. Name each class of the file once: "
        f"{listed(column.names)}.",
        column=column.name,
        value="<".join(classes),
        expected=listed(column.names),
    )


def order_proposals(spec: LabelSpec) -> tuple[str, ...]:
    """Return a line for each column whose classes look like steps of a scale: 1 to 5.

    Args:
        spec: The spec of new data.

    Example:
        >>> order_proposals(LabelSpec.single(["1", "2", "3"], name="grade"))
        ("the classes of 'grade' are 1 to 3: steps of a scale? Then add --order '1<2<3'",)
    """
    notes = []
    for column in spec.label_columns:
        if not column.of_classes or column.ordered or not 3 <= column.num_classes <= _MOST_STEPS:
            continue
        if not _is_whole(column.names[0]):
            continue
        first = int(column.names[0])
        if column.names != tuple(map(str, range(first, first + column.num_classes))):
            continue
        text = "<".join(column.names)
        which = f"{column.name}={text}" if spec.shape else text
        notes.append(
            f"the classes of {column.name!r} are {first} to {column.names[-1]}: steps of a scale? "
            f"Then add --order {shlex.quote(which)}"
        )
    return tuple(notes)


def _is_whole(text: str) -> bool:
    return text.lstrip("-").isdecimal() and text.isascii()
