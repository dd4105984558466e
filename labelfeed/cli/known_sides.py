"""`--known age=57`: one value of a side label for all rows."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from labelfeed.data.dataset import DataError, Dataset, Sides
from labelfeed.labels.encoding import LabelError
from labelfeed.labels.spec import LabelSpec
from labelfeed.sides.values import complete_sides

__all__ = ["side_values", "with_sides"]


def side_values(
    known: Sequence[str], sides: Sequence[LabelSpec]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the values of side labels for all rows, and what else is said to be known.

    Args:
        known: What the user wrote after each `--known`: `age=57`, or several with commas.
        sides: The side labels of the run.

    Raises:
        DataError: A side label stands there twice, or without a value.

    Example:
        >>> age = LabelSpec.ranges([40, 65], "age")
        >>> side_values(["age=57", "fever,cough=1"], [age])
        ({'age': '57'}, ('fever', 'cough=1'))
    """
    names = [side.name for side in sides]
    told: dict[str, str] = {}
    left: list[str] = []
    for item in known:
        for part in item.split(",") if sides else [item]:
            name, equals, value = (text.strip() for text in part.partition("="))
            if name not in names:
                left.append(part)
            elif not equals or name in told:
                raise DataError(
                    f"--known {part!r}: the side label {name!r} is read from the file; give it one "
                    f"value for all rows, --known {name}=VALUE."
                )
            else:
                told[name] = value
    return told, tuple(left)


def with_sides(dataset: Dataset, sides: Sequence[LabelSpec], told: dict[str, str]) -> Dataset:
    """Return rows of which side labels have one value in all, whatever the file says.

    Args:
        dataset: The rows.
        sides: The side labels of the run.
        told: What `side_values` found.

    Raises:
        LabelError: A value that the side label cannot have.
    """
    if not told:
        return dataset
    ids = {spec.name: dataset.sides.columns().get(spec.name) for spec in sides}
    for spec in sides:
        if spec.name in told:
            value = told[spec.name]
            try:
                encoded = spec.encode([{spec.name: value}])
            except LabelError as error:  # there is no row 0 here
                raise error.at(f"--known {spec.name}={value}") from error
            ids[spec.name] = np.repeat(encoded, len(dataset))
    stacked = np.stack(complete_sides(sides, ids, len(dataset)), axis=1)
    return dataclasses.replace(dataset, sides=Sides(tuple(sides), stacked))
