"""Initializers of one value that JAX need not compile: Keras's cost 10 to 40 ms for each shape."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
from keras import ops

from labelfeed.types import Identifier, Tensor

__all__ = ["filled"]

_VALUES: dict[type, float] = {keras.initializers.Zeros: 0.0, keras.initializers.Ones: 1.0}


def filled(initializer: Identifier) -> Callable[..., Tensor]:
    """Return what gives the same array as a Keras initializer, made by NumPy where it is constant.

    Args:
        initializer: Any Keras initializer.
    """
    made = keras.initializers.get(initializer)
    value = _VALUES.get(type(made), getattr(made, "value", None))
    if not isinstance(value, (int, float)):
        found: Callable[..., Tensor] = made
        return found

    def fill(shape: tuple[int, ...], dtype: str | None = None) -> Tensor:
        return ops.convert_to_tensor(np.full(shape, value, "float32"), dtype=dtype)

    return fill
