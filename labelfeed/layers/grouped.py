"""The product of each row with the kernel of its class, without a kernel for each row."""

from __future__ import annotations

from typing import Any, Literal

import keras
from keras import ops

from labelfeed.types import Tensor

native: Any = None
if keras.backend.backend() == "jax":
    from labelfeed.layers import _grouped_jax

    native = _grouped_jax
elif keras.backend.backend() == "torch":
    from labelfeed.layers import _grouped_torch

    native = _grouped_torch
elif keras.backend.backend() == "tensorflow":
    from labelfeed.layers import _grouped_tensorflow

    native = _grouped_tensorflow

__all__ = ["METHODS", "Method", "grouped_matmul"]

Method = Literal["auto", "grouped", "gather"]
_SMALL = 4096  # numbers of a kernel; `python -m benchmarks conditional-dense`
METHODS = ("auto", "grouped", "gather")


def grouped_matmul(x: Tensor, kernels: Tensor, index: Tensor, method: Method = "auto") -> Tensor:
    """Multiply each row with the kernel of its class: `out[i] = x[i] kernels[index[i]]`.

    `"grouped"` sorts the rows by class and reads each kernel that occurs once, forward and
    backward; beside the gradients it holds some copies of `x` and of the output. `"gather"` makes
    a kernel for each row, `batch * d * u` numbers, and as many again for their gradient; it is
    plain `keras.ops`, right on every backend and device, and what the other one is tested against.
    `"auto"` is grouped on a CPU where a kernel has more than 4096 numbers (smaller ones are
    gathered faster than a loop goes round), and gather elsewhere. Exported graphs of JAX and Torch
    have no such loop: they gather whatever is asked for.

    Args:
        x: `(batch, d)` or `(batch, positions, d)`.
        kernels: `(num_classes, d, u)`.
        index: int32 `(batch,)` in `-1 .. num_classes - 1`; -1 gives a row of zeros.
        method: `"auto"`, `"grouped"` or `"gather"`.

    Returns:
        `(batch, u)` or `(batch, positions, u)`.

    Raises:
        ValueError: `method` is none of these.

    References:
        Gale et al. 2023, MegaBlocks: efficient sparse training with mixture-of-experts (the same
        product, where the class is an expert).

    Example:
        >>> import numpy as np
        >>> x, kernels = np.ones((3, 2), "float32"), np.ones((5, 2, 4), "float32")
        >>> out = grouped_matmul(x, kernels, np.array([4, -1, 0], "int32"))
        >>> keras.ops.convert_to_numpy(out)[:, 0].tolist()
        [2.0, 0.0, 2.0]
    """
    if method not in METHODS:
        raise ValueError(f"method must be one of {METHODS}, got {method!r}.")
    if isinstance(x, keras.KerasTensor):  # only the shape is asked for
        return keras.KerasTensor((*x.shape[:-1], kernels.shape[-1]), dtype=x.dtype)
    x, kernels, index = (ops.convert_to_tensor(v) for v in (x, kernels, index))
    flat = len(x.shape) == 2
    rows = x[:, None] if flat else x
    large = kernels.shape[1] * kernels.shape[2] > _SMALL
    wanted = method == "grouped" or (method == "auto" and large)
    grouped = wanted and native is not None and not native.exporting(rows)
    grouped = grouped and (method == "grouped" or native.on_cpu(rows))
    out = native.product(rows, kernels, index) if grouped else _gather(rows, kernels, index)
    return out[:, 0] if flat else out


def _gather(x: Tensor, kernels: Tensor, index: Tensor) -> Tensor:
    known = ops.cast(index >= 0, x.dtype)
    own = ops.take(kernels, ops.maximum(index, 0), axis=0)  # (batch, d, u)
    return ops.matmul(x, own) * known[:, None, None]
