"""Outputs and gradients of any layer, on whichever backend runs, as NumPy arrays."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops


class Gradients(NamedTuple):
    """What `gradients_of` finds.

    Attributes:
        output: float32 output.
        dtype: Its dtype before.
        inputs: Gradient by each input of floats.
        weights: Gradient by each trainable weight, by its path.
    """

    output: np.ndarray
    dtype: str
    inputs: list[np.ndarray]
    weights: dict[str, np.ndarray]

    def finite(self) -> bool:
        """Tell whether there is no NaN and no infinity."""
        arrays = [self.output, *self.inputs, *self.weights.values()]
        return all(np.isfinite(array).all() for array in arrays)


def numpy(tensor: Any) -> np.ndarray:
    """Return a tensor of any dtype as a float32 array."""
    return np.asarray(ops.convert_to_numpy(ops.cast(tensor, "float32")))


def given(inputs: list[np.ndarray]) -> Any:
    """Return tensors in the form that a layer takes: one alone is no list."""
    tensors = [ops.convert_to_tensor(array) for array in inputs]
    return tensors if len(tensors) > 1 else tensors[0]


def call(layer: Any, inputs: list[np.ndarray], **kwargs: Any) -> np.ndarray:
    """Return what a layer makes of arrays."""
    return numpy(layer(given(inputs), **kwargs))


def draw(layer: Any, inputs: list[np.ndarray]) -> np.ndarray:
    """Return what a layer makes of arrays in training."""
    return call(layer, inputs, **({"training": True} if layer._call_has_training_arg else {}))


def shape_of(layer: Any, inputs: list[np.ndarray]) -> tuple[int, ...]:
    """Return the shape of what a layer makes of arrays; JAX only traces, it compiles nothing."""
    if keras.backend.backend() != "jax":
        return call(layer, inputs).shape
    import jax

    state = ([v.value for v in layer.trainable_variables], _frozen(layer))
    return jax.eval_shape(lambda x: layer.stateless_call(*state, x)[0], given(inputs)).shape


def gradients_of(layer: Any, training: bool) -> Callable[[list[np.ndarray]], Gradients]:
    """Return a function of arrays that returns a built layer's output and gradients.

    The gradients are those of a weighted sum of the output; the weights differ, so that a softmax
    has a gradient as well. JAX compiles once for arrays of the same shapes.
    """
    mode = {"training": training} if layer._call_has_training_arg else {}
    compute = {"jax": _jax, "tensorflow": _tensorflow, "torch": _torch}
    run = compute[keras.backend.backend()](layer, mode)
    paths = [v.path.split("/", 1)[-1] for v in layer.trainable_variables]

    def of(inputs: list[np.ndarray]) -> Gradients:
        tensors = [ops.convert_to_tensor(array) for array in inputs]
        floats = [t for t, array in zip(tensors, inputs, strict=True) if array.dtype.kind == "f"]
        output, slopes = run(tensors, floats)
        arrays = [numpy(slope) for slope in slopes]
        dtype = keras.backend.standardize_dtype(output.dtype)
        weights = dict(zip(paths, arrays[len(floats) :], strict=True))
        return Gradients(numpy(output), dtype, arrays[: len(floats)], weights)

    return of


def _loss(output: Any) -> Any:
    rows = ops.reshape(ops.cast(output, "float32"), (-1, math.prod(output.shape[1:])))
    return ops.sum(rows * (1 + ops.arange(rows.shape[1], dtype="float32")))


def _fed(tensors: list[Any]) -> Any:
    return tensors if len(tensors) > 1 else tensors[0]


def _frozen(layer: Any) -> list[Any]:
    return [v.value for v in layer.non_trainable_variables]


def _tensorflow(layer: Any, mode: dict[str, bool]) -> Any:
    import tensorflow as tf

    def run(tensors: list[Any], floats: list[Any]) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(floats)
            output = layer(_fed(tensors), **mode)
            value = _loss(output)
        sources = [*floats, *(v.value for v in layer.trainable_variables)]
        zero = tf.UnconnectedGradients.ZERO
        slopes = tape.gradient(value, sources, unconnected_gradients=zero)
        return output, [tf.convert_to_tensor(slope) for slope in slopes]

    return run


def _torch(layer: Any, mode: dict[str, bool]) -> Any:
    def run(tensors: list[Any], floats: list[Any]) -> Any:
        sources = [*floats, *(v.value for v in layer.trainable_variables)]
        for source in sources:
            source.requires_grad_(True)
            source.grad = None
        output = layer(_fed(tensors), **mode)
        value = _loss(output)
        if value.requires_grad:
            value.backward()
        return output, [ops.zeros_like(s) if s.grad is None else s.grad for s in sources]

    return run


def _jax(layer: Any, mode: dict[str, bool]) -> Any:
    import jax

    def loss(floats: Any, weights: Any, others: Any, state: Any, order: Any) -> Any:
        floats, others = list(floats), list(others)
        values = [(floats if is_float else others).pop(0) for is_float in order]
        variables = [*layer.trainable_variables, *layer.non_trainable_variables]
        mapping = list(zip(variables, [*weights, *state], strict=True))
        with keras.StatelessScope(state_mapping=mapping):  # stateless_call casts no input
            output = layer(_fed(values), **mode)
        return _loss(output), output

    compiled = jax.jit(jax.grad(loss, argnums=(0, 1), has_aux=True), static_argnums=4)

    def run(tensors: list[Any], floats: list[Any]) -> Any:
        order = tuple(any(t is f for f in floats) for t in tensors)
        others = [t for t, is_float in zip(tensors, order, strict=True) if not is_float]
        weights = [v.value for v in layer.trainable_variables]
        slopes, output = compiled(floats, weights, others, _frozen(layer), order)
        return output, [*slopes[0], *slopes[1]]

    return run
