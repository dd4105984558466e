"""Margins on the cosine of the true class: float32, monotone on [-1, 1], finite everywhere."""

from __future__ import annotations

import math

from keras import ops

from labelfeed.types import Tensor

__all__ = ["additive_angle", "combined_angle", "safe_angle", "unit_and_norm"]

# 1 - cos^2 is not let below this: the derivative of the angle would be infinite at cos = +-1.
# In float32 nothing closer to +-1 than about 6e-8 can be told from +-1 anyway.
_LEAST_SQUARED_SINE = 1e-7
# Shorter vectors count as zero, and have a slope as if of length 1 (not of 1e12).
_LEAST_SQUARED_NORM = 1e-24


def unit_and_norm(embedding: Tensor) -> tuple[Tensor, Tensor]:
    """Return `embedding / |embedding|` and `|embedding|`, in float32, safe at zero.

    Args:
        embedding: `(batch, dimension)` of any float type.

    Returns:
        The unit vectors `(batch, dimension)`, 0 where the embedding is 0, and norms `(batch,)`.
    """
    embedding = ops.cast(embedding, "float32")
    squared = ops.sum(ops.square(embedding), axis=-1)
    norm = ops.sqrt(ops.maximum(squared, _LEAST_SQUARED_NORM))
    divisor = ops.where(squared > _LEAST_SQUARED_NORM, norm, 1.0)
    return embedding / divisor[:, None], norm


def safe_angle(cosine: Tensor) -> Tensor:
    """Return the angle in radians of a cosine, in [0, pi], with a bounded derivative.

    Args:
        cosine: float32, in [-1, 1] up to rounding.
    """
    return ops.arctan2(_sine(cosine), cosine)


def additive_angle(cosine: Tensor, margin: Tensor) -> Tensor:
    """Return `cos(angle + margin)`, continued monotonically where the sum passes pi.

    `cos(t + m)` grows again beyond `t = pi - m`; there `cos t - m sin m` takes over, which is
    never above -1 for margins in [0, pi / 2], so the result never falls as the cosine rises.

    Args:
        cosine: float32 `(batch,)`, cosine of the true class.
        margin: Radians, in [0, pi / 2]; a number or `(batch,)`.

    Example:
        >>> import numpy as np
        >>> float(additive_angle(np.float32(0.0), np.pi / 2))
        -1.0
    """
    if isinstance(margin, (int, float)):
        cos_margin, sin_margin = math.cos(margin), math.sin(margin)
    else:
        cos_margin, sin_margin = ops.cos(margin), ops.sin(margin)
    inside = cosine * cos_margin - _sine(cosine) * sin_margin
    return ops.where(cosine >= -cos_margin, inside, cosine - margin * sin_margin)


def combined_angle(cosine: Tensor, factor: float, margin: float = 0.0) -> Tensor:
    """Return `psi(factor * angle + margin)`, where psi is the cosine made monotone.

    `psi(u) = (-1)^k cos u - 2k` with `k = floor(u / pi)`: it equals `cos u` up to pi and goes on
    falling beyond, without a jump (Liu et al. 2017, equation 7).

    Args:
        cosine: float32 `(batch,)`, cosine of the true class.
        factor: Multiplies the angle, >= 1.
        margin: Radians added to the angle, in [0, pi / 2].
    """
    angle = factor * safe_angle(cosine) + margin
    turns = ops.floor(angle / math.pi)
    sign = 1.0 - 2.0 * ops.mod(turns, 2.0)
    return sign * ops.cos(angle) - 2.0 * turns


def _sine(cosine: Tensor) -> Tensor:
    return ops.sqrt(ops.maximum((1.0 - cosine) * (1.0 + cosine), _LEAST_SQUARED_SINE))
