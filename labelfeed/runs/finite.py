"""Whether the weights of a model and the scaling of its features are numbers."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops

from labelfeed.data.dataset import DataError
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.runs.scaling import check_scaling
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
    check_scaling(preprocessor)
