"""The few operations that every training step adds, by the backend's own call.

Un-compiled Torch runs each operation by itself, and `keras.ops` puts five to fifteen microseconds
of Python around one that takes one. JAX and TensorFlow compile the step: there it costs nothing,
and `keras.ops` it is.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from labelfeed.types import Tensor

torch: Any = None
if keras.backend.backend() == "torch":
    import torch as _torch

    torch = _torch

__all__ = ["at_least", "cast", "flat", "pick", "total"]


def pick(condition: Tensor, first: Tensor, second: float) -> Tensor:
    """Return `first` where the condition holds, else the number `second`."""
    if torch is not None and isinstance(first, torch.Tensor):
        return torch.where(condition, first, second)
    return ops.where(condition, first, second)


def at_least(tensor: Tensor, low: float) -> Tensor:
    """Return `max(tensor, low)`, element by element."""
    if torch is not None and isinstance(tensor, torch.Tensor):
        return tensor.clamp_min(low)
    return ops.maximum(tensor, low)


def cast(tensor: Tensor, dtype: str = "float32") -> Tensor:
    """Return the tensor in a dtype; itself if it has it."""
    if keras.backend.standardize_dtype(tensor.dtype) == dtype:
        return tensor
    if torch is not None and dtype == "float32" and isinstance(tensor, torch.Tensor):
        return tensor.float()
    return ops.cast(tensor, dtype)


def total(tensor: Tensor) -> Tensor:
    """Return the sum of all elements."""
    if torch is not None and isinstance(tensor, torch.Tensor):
        return tensor.sum()
    return ops.sum(tensor)


def flat(tensor: Tensor) -> Tensor:
    """Return `(n, L)` as `(n * L, 1)`."""
    if torch is not None and isinstance(tensor, torch.Tensor):
        return tensor.reshape(-1, 1)
    return ops.reshape(tensor, (-1, 1))
