"""Whether the values of a tensor can be looked at, or only exist inside a graph."""

from __future__ import annotations

import keras
from keras import ops

from labelfeed.types import Tensor


def is_concrete(value: Tensor) -> bool:
    """Tell whether a value is there: an array, or a tensor outside of a traced graph.

    Args:
        value: Tensorthing; what is no tensor of the backend is there.
    """
    if isinstance(value, keras.KerasTensor):
        return False
    if not ops.is_tensor(value):
        return True
    backend = keras.backend.backend()
    if backend == "tensorflow":
        return hasattr(value, "numpy")
    if backend == "jax":
        import jax

        return not isinstance(value, jax.core.Tracer)
    if backend == "torch":
        import torch

        return bool(value.device.type != "meta" and not torch.compiler.is_compiling())
    return True
