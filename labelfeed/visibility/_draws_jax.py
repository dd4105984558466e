"""Draws of True and False on JAX that hash a quarter or half of the numbers.

Why native: Threefry hashes once for each number that is asked for, and that is most of what a draw
costs on a CPU. Where a rate is a multiple of 1/256 (as 0.5) a byte decides exactly, and of 1/65536
two: each 32-bit number is cut into as many labels as it holds.
"""

from __future__ import annotations

import math
from typing import Any

import jax
import jax.numpy as jnp

__all__ = ["drawn_above", "uniform"]


def uniform(label: Any, shape: Any, seed_generator: Any) -> Any:
    """Return `None`: Keras's own call is compiled, and as cheap as any."""
    return None


def drawn_above(label: Any, rate: float, seed_generator: Any) -> Any:
    """Return True with probability `1 - rate`; `None` where bytes cannot decide it."""
    shape = jnp.shape(label)
    if not 0 < rate < 1 or not all(isinstance(size, int) for size in shape):
        return None
    bits = next((bits for bits in (8, 16) if (rate * 2**bits).is_integer()), None)
    if bits is None:
        return None
    dtype = jnp.uint8 if bits == 8 else jnp.uint16
    count = math.prod(shape)
    key = jnp.asarray(seed_generator.next(), "uint32")
    words = jax.random.bits(key, (-(-count * bits // 32),), "uint32")
    parts = jax.lax.bitcast_convert_type(words, dtype).reshape(-1)
    return parts[:count].reshape(shape) >= jnp.asarray(int(rate * 2**bits), dtype)
