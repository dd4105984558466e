"""Whether the weights of a model and the scaling of its features are numbers."""

from __future__ import annotations

import dataclasses
import math

import keras
import numpy as np
from keras import ops

from labelfeed.data.dataset import DataError
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.types import KerasModel

__all__ = ["check_numbers"]


def check_numbers(model: KerasModel, preprocessor: Preprocessor) -> None:
    """Raise unless every weight and every scaling is a number: all that comes of others is NaN.

    Args:
        model: A Keras model. Weights that are not trained may be infinite, such as masks.
        preprocessor: What stands before it.

    Raises:
        DataError: One is not; names it.
    """
    for variable in model.weights:
        if not keras.backend.is_float_dtype(variable.dtype):
            continue
        value = ops.convert_to_numpy(variable.value)  # on JAX each shape would be compiled for
        if not (np.isfinite(value) if variable.trainable else ~np.isnan(value)).all():
            raise DataError(
                f"The weight {variable.path!r} of the model holds NaN or infinite values, so that "
                "no prediction means anything: train again, with a lower learning rate."
            )
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
