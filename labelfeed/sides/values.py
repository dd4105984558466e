"""Side labels as people hand them over, as arrays by the names of a network's inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from labelfeed.labels.spec import LabelSpec

__all__ = ["encode_sides"]


def encode_sides(specs: Sequence[LabelSpec], sides: Any, rows: int) -> dict[str, np.ndarray]:
    """Return int32 ids of the side labels that are given, by `LabelSpec.input_name`.

    Args:
        specs: The side labels.
        sides: By name, a value for each row or one value for all: anything that
            `LabelSpec.encode` takes; a DataFrame; or a list of values in the order of `specs`.
        rows: Number of rows.

    Raises:
        LabelError: A value does not fit; names row and column.
        ValueError: There is no such side label, or the number of rows differs.

    Example:
        >>> scanner = LabelSpec.single(["A", "B"], name="scanner")
        >>> encode_sides([scanner], {"scanner": "B"}, 2)["scanner"].tolist()
        [1, 1]
    """
    names = [spec.name for spec in specs]
    if not isinstance(sides, Mapping) and not hasattr(sides, "columns"):
        if len(sides) != len(names):
            raise ValueError(
                f"Expected a list of {len(names)} side labels, {names}, or a dict by name; got "
                f"{len(sides)} items."
            )
        sides = dict(zip(names, sides, strict=True))
    strange = [key for key in sides if key not in names] if isinstance(sides, Mapping) else []
    if strange:
        raise ValueError(f"There is no side label {strange[0]!r}; the model has {names}.")
    found = {}
    for spec in specs:
        if spec.name not in sides:
            continue
        values = sides[spec.name]
        if spec.kind == "single" and np.ndim(values) == 0:
            values = [values] * rows
        ids = spec.encode(values)
        if len(ids) != rows:
            raise ValueError(f"Side label {spec.name!r} has {len(ids)} rows, x has {rows}.")
        found[spec.input_name] = ids
    return found
