"""Side labels as scikit-learn's users give them: names to values, read as ids of their classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from labelfeed.estimators.errors import EstimatorError
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.types import SideValues

__all__ = ["SIDE_CORRUPTION", "SIDE_DROPOUT", "side_ids", "side_specs_of"]

SIDE_DROPOUT = SIDE_CORRUPTION = 0.1
"""How often training hides a side label, and how often it replaces one by another class."""


def side_specs_of(sides: SideValues) -> tuple[LabelSpec, ...]:
    """Return what side labels are: of each name the values that occur, as text.

    Raises:
        EstimatorError: They are no names with values, or one has fewer than two classes.

    Example:
        >>> side_specs_of({"scanner": ["A", None, "B"]})[0].names
        ('A', 'B')
    """
    specs = []
    for name, values in _columns(sides).items():
        classes = sorted({str(v) for v in np.atleast_1d(np.asarray(values, object)) if _given(v)})
        if len(classes) < 2:
            raise EstimatorError(
                f"The side label {name!r} needs at least two classes, got {classes}: leave it out."
            )
        specs.append(LabelSpec.single(classes, name=str(name)))
    if not specs:
        raise EstimatorError("sides names no side label; leave it out.")
    return tuple(specs)


def side_ids(sides: SideValues | None, specs: Sequence[LabelSpec], rows: int) -> np.ndarray:
    """Return side labels as ids `(rows, side labels)`, -1 where unknown.

    Args:
        sides: By name one value for all rows or one for each; a name that is left out, `None`, NaN
            and "" are unknown.
        specs: What they are.
        rows: Number of rows.

    Raises:
        EstimatorError: A name or a value is not known, or there are not as many as rows.

    Example:
        >>> spec = LabelSpec.single(["A", "B"], name="scanner")
        >>> side_ids({"scanner": "B"}, [spec], 2).tolist(), side_ids(None, [spec], 1).tolist()
        ([[1], [1]], [[-1]])
    """
    given = {} if sides is None else _columns(sides)
    names = [spec.name for spec in specs]
    if wrong := [name for name in given if name not in names]:
        raise EstimatorError(f"There is no side label {wrong[0]!r}; expected some of {names}.")
    out = np.full((rows, len(specs)), UNKNOWN)
    for at, spec in enumerate(specs):
        values = np.asarray(given.get(spec.name), object)
        if values.ndim and values.shape != (rows,):
            raise EstimatorError(
                f"The side label {spec.name!r} has shape {values.shape}; expected one value, or "
                f"({rows},), one for each row."
            )
        where = {name: i for i, name in enumerate(spec.names or ())}
        for row, value in enumerate(np.broadcast_to(values, (rows,))):
            if not _given(value):
                continue
            if str(value) not in where:
                raise EstimatorError(
                    f"Row {row}, side label {spec.name!r}: got {value!r}; expected one of "
                    f"{list(spec.names or ())}, or None where it is unknown."
                )
            out[row, at] = where[str(value)]
    return out


def _columns(sides: SideValues) -> dict[str, Any]:
    if isinstance(sides, pd.DataFrame):
        return {str(name): sides[name].to_numpy(object) for name in sides.columns}
    if hasattr(sides, "to_dict") and hasattr(sides, "columns"):  # polars
        return {str(name): np.asarray(sides[name], object) for name in sides.columns}
    if not isinstance(sides, dict):
        raise EstimatorError(
            f"sides must be a dict of names to values, or a table; got {type(sides).__name__}."
        )
    return sides


def _given(value: object) -> bool:
    return value is not None and value is not pd.NA and value == value and value != ""
