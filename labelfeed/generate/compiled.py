"""The denoiser as one function of arrays, compiled once for a shape on each backend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from labelfeed.types import KerasModel, Tensor

__all__ = ["compiled_denoiser"]


def compiled_denoiser(
    model: KerasModel, function: Callable[[dict[str, Tensor]], Tensor]
) -> Callable[[dict[str, np.ndarray]], np.ndarray]:
    """Return a function of tensors that reads a model's variables as one of arrays.

    Why native: `keras.Model.predict` would do, but builds a data pipeline at each call, which takes
    longer than a step. The values of variables are arguments on JAX, so that training may go on.

    Args:
        model: Whose variables the function reads.
        function: From a dict of tensors to a tensor.
    """
    backend = keras.backend.backend()
    if backend == "jax":
        import jax

        def run(values: list[Any], inputs: dict[str, Any]) -> Any:
            pairs = list(zip(model.variables, values, strict=True))
            with keras.StatelessScope(state_mapping=pairs):
                return function(inputs)

        jitted = jax.jit(run)
        return lambda x: np.asarray(jitted([v.value for v in model.variables], x))
    if backend == "tensorflow":
        import tensorflow as tf

        traced = tf.function(function, reduce_retracing=False)
        return lambda x: np.asarray(traced({k: tf.convert_to_tensor(v) for k, v in x.items()}))
    if backend == "torch":
        import torch

        def eager(x: dict[str, np.ndarray]) -> np.ndarray:
            with torch.no_grad():
                return ops.convert_to_numpy(function(_tensors(x)))

        return eager
    return lambda x: ops.convert_to_numpy(function(_tensors(x)))


def _tensors(x: dict[str, np.ndarray]) -> dict[str, Tensor]:
    return {key: ops.convert_to_tensor(value) for key, value in x.items()}
