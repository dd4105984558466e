"""Outputs and gradients of any layer, on whichever backend runs, as NumPy arrays."""

from __future__ import annotations

from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops


class Gradients(NamedTuple):
    """What `gradients` returns.

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


def gradients(layer: Any, inputs: list[np.ndarray], training: bool) -> Gradients:
    """Return the output of a built layer, and the gradient of a weighted sum of it.

    The weights of the sum differ, so that a softmax has a gradient as well. JAX compiles once.
    """
    floats = [number for number, array in enumerate(inputs) if array.dtype.kind == "f"]
    mode = {"training": training} if layer._call_has_training_arg else {}

    def loss(output: Any) -> Any:
        rows = ops.reshape(ops.cast(output, "float32"), (len(inputs[0]), -1))
        return ops.sum(rows * (1 + ops.arange(rows.shape[1], dtype="float32")))

    tensors = [ops.convert_to_tensor(array) for array in inputs]
    backend = keras.backend.backend()
    if backend == "jax":
        found = _jax(layer, tensors, floats, mode, loss)
    elif backend == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            for number in floats:
                tape.watch(tensors[number])
            output = layer(tensors if len(tensors) > 1 else tensors[0], **mode)
            value = loss(output)
        sources = [*(tensors[i] for i in floats), *(v.value for v in layer.trainable_variables)]
        zero = tf.UnconnectedGradients.ZERO
        found = output, [tf.convert_to_tensor(g) for g in tape.gradient(value, sources, None, zero)]
    else:
        for number in floats:
            tensors[number] = tensors[number].detach().clone().requires_grad_(True)
        sources = [*(tensors[i] for i in floats), *(v.value for v in layer.trainable_variables)]
        for source in sources:
            source.grad = None
        output = layer(tensors if len(tensors) > 1 else tensors[0], **mode)
        value = loss(output)
        if value.requires_grad:
            value.backward()
        found = output, [ops.zeros_like(s) if s.grad is None else s.grad for s in sources]
    output, slopes = found
    arrays = [numpy(slope) for slope in slopes]
    paths = [v.path.split("/", 1)[-1] for v in layer.trainable_variables]
    return Gradients(
        numpy(output),
        keras.backend.standardize_dtype(output.dtype),
        arrays[: len(floats)],
        dict(zip(paths, arrays[len(floats) :], strict=True)),
    )


def _jax(layer: Any, tensors: list[Any], floats: list[int], mode: dict, loss: Any) -> Any:
    import jax

    def run(weights: Any, features: Any, state: Any) -> Any:
        values = list(tensors)
        for number, feature in zip(floats, features, strict=True):
            values[number] = feature
        values = values if len(values) > 1 else values[0]
        output, _ = layer.stateless_call(weights, state, values, **mode)
        return loss(output), output

    weights = [v.value for v in layer.trainable_variables]
    state = [v.value for v in layer.non_trainable_variables]
    features = [tensors[number] for number in floats]
    slopes = jax.jit(jax.grad(run, argnums=(1, 0), has_aux=True))
    (by_features, by_weights), output = slopes(weights, features, state)
    return output, [*by_features, *by_weights]
