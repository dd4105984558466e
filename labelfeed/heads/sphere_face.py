"""Multiplicative angular margin."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from labelfeed.heads._texts import documented
from labelfeed.heads.cosine import CosineHead
from labelfeed.losses.margins import combined_angle
from labelfeed.types import Tensor

__all__ = ["SphereFace"]


@keras.saving.register_keras_serializable(package="labelfeed")
@documented
class SphereFace(CosineHead):
    """Multiply the angle to the true centre: `f(cos t) = (-1)^k cos(m t) - 2k`, `k = m t // pi`.

    As in the paper the embedding is not normalised: the scale of a row's logits is `s |x|`, so a
    network can lower the loss by growing its embeddings.

    Args:
        {num_classes}
        margin: m, a factor of the angle, >= 1. The paper uses 4.
        scale: s, multiplies the norm of the embedding, > 0; the paper uses 1.
        {cosine_head}

    {cosine_shapes}

    Raises:
        ValueError: `margin` is below 1.

    Reference:
        Liu et al. (2017), SphereFace: Deep Hypersphere Embedding for Face Recognition.

    Example:
        >>> import numpy as np
        >>> tuple(SphereFace(3)(np.ones((2, 4), "float32"), np.array([0, -1])).shape)
        (2, 3)
    """

    def __init__(
        self, num_classes: int, margin: float = 4.0, scale: float = 1.0, **kwargs: Any
    ) -> None:
        """Check and store the arguments."""
        super().__init__(num_classes, scale, **kwargs)
        if not 1 <= margin <= 16:
            raise ValueError(f"margin multiplies the angle, in [1, 16]; got {margin!r}.")
        self.margin = float(margin)

    def row_scale(self, norm: Tensor) -> Tensor:
        """Return `s |x|`."""
        return self.scale * ops.maximum(norm, 1e-6)

    def with_margin(self, cosine: Tensor, label: Tensor, norm: Tensor) -> Tensor:
        """Return the cosine of the multiplied angle, made monotone."""
        return combined_angle(cosine, self.margin)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "margin": self.margin}
