"""`gathered`: a trained model without the devices that trained it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import keras
import numpy as np

from labelfeed.scaling.errors import ScalingError
from labelfeed.scaling.shares import Sharing, current_sharing, shared_like
from labelfeed.types import KerasModel, Variable

__all__ = ["gathered", "is_cut", "undistributed"]


def gathered(model: KerasModel) -> KerasModel:
    """Return an ordinary model with the weights that several devices trained.

    On JAX and TensorFlow it is a new model of the same config, with the state of the optimizer,
    whose weights lie whole on one device; centres that were added so that the classes divide are
    gone. On Torch each process has a whole model, and gets it back. Call it behind the block of
    `devices`, in all processes.

    Args:
        model: What was built and trained inside of `devices`, or any Keras model.

    Raises:
        ScalingError: Called inside of the block, on TensorFlow.

    Example:
        >>> model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
        >>> gathered(model).count_params()
        8
    """
    if keras.backend.backend() == "torch":
        return model
    if keras.backend.backend() == "tensorflow" and current_sharing() is not None:
        raise ScalingError("Call gathered behind the block of devices, not in it.")
    with undistributed():
        copy = type(model).from_config(model.get_config())
        _take(copy.variables, model.variables)
        config = model.get_compile_config() if model.compiled else None
        if config:
            copy.compile_from_config(config)
            if model.optimizer.built:
                copy.optimizer.build(copy.trainable_variables)
                _take(copy.optimizer.variables, model.optimizer.variables)
    return copy


def is_cut() -> bool:
    """Return whether weights of models built now are cut among devices, or lie on many."""
    how = current_sharing()
    return keras.backend.backend() == "jax" and how is not None and how.devices > 1


def _take(to: list[Variable], given: list[Variable]) -> None:
    for variable, other in zip(to, given, strict=True):
        value = _whole(other)
        variable.assign(value[tuple(slice(size) for size in variable.shape)])


def _whole(variable: Variable) -> np.ndarray:
    """Return the value of a variable whose parts lie on devices, of other processes too."""
    value = variable.value
    if keras.backend.backend() == "jax":
        if not (value.is_fully_addressable or value.is_fully_replicated):
            from jax.experimental.multihost_utils import process_allgather

            value = process_allgather(value, tiled=True)
        return np.asarray(value)
    return np.asarray(keras.ops.convert_to_numpy(value))


@contextlib.contextmanager
def undistributed() -> Iterator[None]:
    """Build as if there were one device."""
    with contextlib.ExitStack() as stack:
        if current_sharing() is not None:
            stack.enter_context(shared_like(Sharing(1)))
        if keras.backend.backend() == "jax":
            before = keras.distribution.distribution()
            stack.callback(keras.distribution.set_distribution, before)
            keras.distribution.set_distribution(None)
        yield
