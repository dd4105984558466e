"""What a label spec is made of, checked: numbers, names, columns of classes, orders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set

import numpy as np

from labelfeed.labels.columns import ColumnsSpec


def count_and_names(classes: int | Sequence[str]) -> tuple[int, tuple[str, ...] | None]:
    """Return the number of classes and their names, `None` where only the number is given."""
    if isinstance(classes, (int, np.integer)):
        return int(classes), None
    if isinstance(classes, str) or not isinstance(classes, Iterable):
        raise ValueError(f"Expected a number or a list of names, got {classes!r}.")
    if isinstance(classes, Set):
        given = f"{type(classes).__name__} of {len(classes)} names"
        raise ValueError(f"Expected a list of names, got a {given}, which has no order: sort it.")
    names = tuple(str(n) if isinstance(n, str) else n for n in classes)  # no np.str_
    return len(names), names


def check_names(names: Sequence[str], num_classes: int) -> tuple[str, ...]:
    """Return the names; raise unless there are enough, each of them a text of its own."""
    found = count_and_names(names)[1] or ()
    if len(found) != num_classes:
        raise ValueError(f"{len(found)} names were given for num_classes={num_classes}.")
    wrong = [n for n in found if not isinstance(n, str) or not n]
    if wrong:
        raise ValueError(f"Names must be non-empty strings, got {wrong[0]!r}.")
    _check_distinct(found)
    return found


def check_class_columns(spec: ColumnsSpec) -> None:
    """Raise unless every column of classes has its yes/no labels one after the other."""
    names = spec.names or ()
    for head, classes in spec.class_columns:
        own = tuple(f"{head}={c}" for c in classes)
        start = names.index(own[0]) if own and own[0] in names else 0
        if spec.kind != "multi" or not own or names[start : start + len(own)] != own:
            raise ValueError(
                f"The column {head!r} with classes {list(classes)} needs the names "
                f"{list(own)}, one after the other, in a multi label. Use LabelSpec.columns."
            )
    _check_distinct([column.name for column in spec.label_columns])


def check_ordered(spec: ColumnsSpec, ordered: Sequence[str]) -> tuple[str, ...]:
    """Return the names of ordered columns; raise unless they are columns of classes."""
    columns = [head for head, _ in spec.class_columns]
    strange = [name for name in ordered if name not in columns]
    if strange:
        raise ValueError(
            f"ordered names {strange[0]!r}; expected some of the columns of classes: {columns}."
        )
    return tuple(ordered)


def _check_distinct(names: Sequence[str]) -> None:
    if len(set(names)) != len(names):
        twice = next(n for n in names if names.count(n) > 1)
        raise ValueError(f"Names must be distinct, but {twice!r} stands there twice.")
