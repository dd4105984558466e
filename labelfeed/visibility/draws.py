"""Random numbers of a draw, by the cheapest call of each backend."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from labelfeed.scaling.shares import batch_draw
from labelfeed.types import SeedGenerator, Tensor

native: Any = None
if keras.backend.backend() == "torch":
    from labelfeed.visibility import _draws_torch

    native = _draws_torch
elif keras.backend.backend() == "jax":
    from labelfeed.visibility import _draws_jax

    native = _draws_jax

__all__ = ["uniform"]


def uniform(label: Tensor, seed_generator: SeedGenerator, by_row: bool = False) -> Tensor:
    """Return float32 numbers from [0, 1), one for each label, as `keras.random.uniform` does.

    Where several devices or processes share a batch, each gets its part of the batch's numbers.

    Args:
        label: Tensor `(batch,)` or `(batch, num_labels)` whose shape and device they take.
        seed_generator: `keras.random.SeedGenerator` that the draw advances.
        by_row: One for each row instead: `(batch,)` or `(batch, 1)`.

    Example:
        >>> import numpy as np
        >>> uniform(np.zeros((4, 3)), keras.random.SeedGenerator(1), by_row=True).shape[0]
        4
    """
    shape = ops.shape(label)
    if by_row:
        shape = (shape[0], *(1 for _ in shape[1:]))

    def draw(shape: tuple[Any, ...]) -> Tensor:
        drawn = None if native is None else native.uniform(label, shape, seed_generator)
        if drawn is None:
            drawn = keras.random.uniform(shape, dtype="float32", seed=seed_generator)
        return drawn

    return batch_draw(shape, draw)
