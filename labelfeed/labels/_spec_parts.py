"""A label spec out of its columns, and the columns out of a label spec."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from labelfeed.labels._spec_protocol import Spec
from labelfeed.labels.columns import ColumnsSpec, LabelColumn
from labelfeed.labels.number import NumberRanges


def joined_columns(columns: Iterable[str | ColumnsSpec]) -> dict[str, Any]:
    """Return the arguments of the multi label of several columns: names, or single labels."""
    names: list[str] = []
    class_columns, ordered, numbers = [], [], []
    for column in columns:
        if isinstance(column, str):
            names.append(column)
            continue
        if getattr(column, "kind", "") != "single":
            raise ValueError(f"A column is a name (yes/no) or a LabelSpec.single, got {column!r}.")
        (own,) = column.label_columns
        names += [f"{own.name}={c}" for c in own.names]
        class_columns.append((own.name, own.names))
        ordered += [own.name] if own.ordered else []
        numbers += [own.number] if own.number is not None else []
    return {
        "num_classes": len(names),
        "names": tuple(names),
        "class_columns": tuple(class_columns),
        "ordered": tuple(ordered),
        "numbers": tuple(numbers),
    }


def split_columns(spec: Spec) -> tuple[LabelColumn, ...]:
    """Return the columns of a multi label as its user sees them; a single label is one column."""
    numbers = {number.name: number for number in spec.numbers}
    if spec.kind == "single":
        names = tuple(spec.name_of(i) for i in range(spec.num_classes))
        number = numbers.get(spec.name)
        if number is None and spec.edges:
            number = NumberRanges(spec.name, spec.edges)
        places = tuple(range(spec.num_classes))
        return (LabelColumn(spec.name, names, places, bool(spec.ordered), number),)
    classes_of = {f"{head}={c[0]}": (head, c) for head, c in spec.class_columns if c}
    words = {label: (no, yes) for label, no, yes in spec.words}
    out: list[LabelColumn] = []
    place = 0
    while place < spec.num_classes:
        label = spec.name_of(place)
        head, classes = classes_of.get(label, (label, ()))
        places = tuple(range(place, place + max(len(classes), 1)))
        given = classes or words.get(label, ("0", "1"))
        out.append(LabelColumn(head, given, places, head in spec.ordered, numbers.get(head)))
        place = places[-1] + 1
    return tuple(out)


def check_numbers(spec: Spec) -> tuple[NumberRanges, ...]:
    """Return the numbers of a spec; raise unless each is a column of just these ranges."""
    columns = dict(spec.class_columns)
    if spec.kind == "single":
        columns = {spec.name: tuple(spec.name_of(i) for i in range(spec.num_classes))}
    for number in spec.numbers:
        if columns.get(number.name) != number.names:
            raise ValueError(
                f"numbers has the ranges {list(number.names)} for {number.name!r}, which is no "
                "column of these classes. Use LabelSpec.number."
            )
    return tuple(spec.numbers)
