"""Whether the scaling of the features of a run is made of numbers."""

from __future__ import annotations

import dataclasses
import math

from labelfeed.data.dataset import DataError
from labelfeed.data.preprocessing import Preprocessor

__all__ = ["check_scaling"]


def check_scaling(preprocessor: Preprocessor) -> None:
    """Raise unless every scaling is a number: all that comes of others is NaN.

    Args:
        preprocessor: What stands before a model.

    Raises:
        DataError: One is not; names it.
    """
    for column in preprocessor.columns:
        for name, number in dataclasses.asdict(column).items():
            if isinstance(number, float) and not math.isfinite(number):
                raise DataError(f"{_scaling(column.name)}: its {name} is {number}. {_AGAIN}")
        if getattr(column, "scale", 1) == 0:
            raise DataError(f"{_scaling(column.name)}: its scale is 0. {_AGAIN}")
    low, high = preprocessor.low, preprocessor.high
    if not (math.isfinite(low) and math.isfinite(high) and high > low):
        raise DataError(f"The scaling of the pixels is broken: from {low} to {high}. {_AGAIN}")


_AGAIN = "The file was changed, or a feature has absurd values: train again."


def _scaling(name: str) -> str:
    return f"The scaling of the column {name!r} is broken"
