"""Side labels as people hand them over: by name or in order, for each row or one for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

import numpy as np

from labelfeed.labels.arrays import table_of, unmasked
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.types import SideValues

__all__ = ["complete_sides", "encode_sides"]


def complete_sides(
    specs: Sequence[LabelSpec], sides: SideValues, rows: int | None = None
) -> list[np.ndarray]:
    """Return int32 ids of every side label, in the order of `specs`; what is left out is unknown.

    Args:
        specs: The side labels.
        sides: As for `encode_sides`.
        rows: Number of rows; by default that of the side labels that are given.

    Raises:
        LabelError: A value does not fit; names row and column.
        ValueError: There is no such side label, or the number of rows differs.

    Example:
        >>> specs = [LabelSpec.single(["A", "B"], name="scanner"), LabelSpec.single(2, "view")]
        >>> [ids.tolist() for ids in complete_sides(specs, {"scanner": ["B", None]})]
        [[1, -1], [-1, -1]]
    """
    given = _encoded(specs, sides, rows)
    if rows is None:
        rows = next((len(ids) for ids in given if ids is not None), None)
    if rows is None:
        raise ValueError("No side label is given, so the number of rows is not known: pass rows=.")
    return [
        np.full((rows, *spec.shape), UNKNOWN, np.int32) if ids is None else ids
        for spec, ids in zip(specs, given, strict=True)
    ]


def encode_sides(
    specs: Sequence[LabelSpec], sides: SideValues, rows: int | None = None
) -> dict[str, np.ndarray]:
    """Return int32 ids of the side labels that are given, by `LabelSpec.input_name`.

    Args:
        specs: The side labels.
        sides: By name, a value for each row or one value for all: anything that
            `LabelSpec.encode` takes; a DataFrame; or a list of values in the order of `specs`.
            `None` for a whole side label, or for all of them, means unknown.
        rows: Number of rows; by default that of the first side label with a value for each.

    Raises:
        LabelError: A value does not fit; names row and column.
        ValueError: There is no such side label, or the number of rows differs.

    Example:
        >>> scanner = LabelSpec.single(["A", "B"], name="scanner")
        >>> encode_sides([scanner], {"scanner": "B"}, 2)["scanner"].tolist()
        [1, 1]
    """
    given = zip(specs, _encoded(specs, sides, rows), strict=True)
    return {spec.input_name: ids for spec, ids in given if ids is not None}


def _encoded(
    specs: Sequence[LabelSpec], sides: SideValues, rows: int | None
) -> list[np.ndarray | None]:
    """Return the ids of each side label, `None` where it is left out."""
    names = [spec.name for spec in specs]
    sides = {} if sides is None else table_of(unmasked(sides))
    if isinstance(sides, Set):
        raise ValueError(f"Expected a list of side labels or a dict by name; got {sides!r}.")
    if not isinstance(sides, Mapping) and not hasattr(sides, "columns"):
        if len(sides) != len(names):
            raise ValueError(
                f"Expected a list of {len(names)} side labels, {names}, or a dict by name; got "
                f"{len(sides)} items."
            )
        given = dict(enumerate(sides))
    else:
        strange = [key for key in sides if key not in names] if isinstance(sides, Mapping) else []
        if strange:
            raise ValueError(f"There is no side label {strange[0]!r}; expected some of {names}.")
        given = {place: sides[name] for place, name in enumerate(names) if name in sides}
    if rows is None:
        rows = next((len(v) for v in given.values() if v is not None and np.ndim(v)), 1)
    found: list[np.ndarray | None] = [None] * len(names)
    for place, values in given.items():
        spec = specs[place]
        if values is None:
            values = np.full((rows, *spec.shape), UNKNOWN, np.int32)
        elif not spec.shape and np.ndim(values) == 0:
            values = [values] * rows
        found[place] = ids = spec.encode(values, cells=spec.id_cells)
        if len(ids) != rows:
            raise ValueError(f"Side label {spec.name!r} has {len(ids)} rows, expected {rows}.")
    return found
