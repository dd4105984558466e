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

__all__ = ["at_least", "cast", "cross_entropy", "flat", "pick", "total", "written_out"]


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


def cross_entropy(y_true: Tensor, y_pred: Tensor, from_logits: bool) -> Tensor:
    """Return the binary cross-entropy of each element; NaN of NaN.

    At a NaN the kernel of Torch for CUDA takes the whole device down with it, before anybody can
    tell that the loss has exploded: there it is written out.
    """
    on_torch = torch is not None and isinstance(y_pred, torch.Tensor)
    if on_torch and y_pred.is_cuda and not from_logits:
        return written_out(y_true, y_pred)
    return ops.binary_crossentropy(y_true, y_pred, from_logits=from_logits)


def written_out(y_true: Tensor, p: Tensor) -> Tensor:
    """Return the binary cross-entropy of probabilities, clipped as Keras clips them."""
    low = keras.config.epsilon()
    p = ops.clip(p, low, 1.0 - low)
    return -(y_true * ops.log(p) + (1.0 - y_true) * ops.log1p(-p))


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
