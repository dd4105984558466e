"""First values of a very large table of centres, without further copies of it."""

from __future__ import annotations

import math

import keras
import numpy as np
from keras import ops

from labelfeed.types import Identifier

__all__ = ["LARGE", "frugal"]

LARGE = 2**26  # numbers; 256 MB


def frugal(initializer: Identifier, shape: tuple[int, int]) -> Identifier:
    """Return an initializer that needs the memory of the table and no more.

    Keras's random initializers keep up to eight copies of what they draw on Torch, three on
    TensorFlow. From `LARGE` numbers on, `GlorotNormal`, the default of the heads, is therefore
    drawn by NumPy in blocks: the same scale (a normal that is not truncated), the same for all
    backends. Other initializers, and smaller tables, stay with Keras.

    Args:
        initializer: A Keras initializer.
        shape: Shape of the table.

    Example:
        >>> glorot = keras.initializers.GlorotNormal(seed=1)
        >>> frugal(glorot, (10, 4)) is glorot, frugal(glorot, (2**20, 64)) is glorot
        (True, False)
    """
    small = math.prod(shape) < LARGE
    if small or type(initializer) is not keras.initializers.GlorotNormal:
        return initializer
    seed = initializer.seed
    if not isinstance(seed, int):
        seed = int(ops.convert_to_numpy(seed.next())[0])
    return lambda shape, dtype=None: ops.convert_to_tensor(_normal(shape, seed))


def _normal(shape: tuple[int, ...], seed: int, block: int = 2**22) -> np.ndarray:
    rng = np.random.default_rng(seed)
    values = np.empty(math.prod(shape), np.float32)
    std = np.float32(math.sqrt(2 / sum(shape)))
    for start in range(0, values.size, block):
        part = values[start : start + block]
        rng.standard_normal(out=part, dtype=np.float32)
        part *= std
    return values.reshape(shape)
