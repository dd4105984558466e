"""Additive cosine margin."""

from __future__ import annotations

from typing import Any

import keras

from labelfeed.heads._texts import documented
from labelfeed.heads.cosine import CosineHead
from labelfeed.types import Tensor

__all__ = ["CosFace"]


@keras.saving.register_keras_serializable(package="labelfeed")
@documented
class CosFace(CosineHead):
    """Subtract a margin from the cosine with the true centre: `f(cos t) = cos t - m`.

    Args:
        {num_classes}
        margin: m, a cosine (no angle), in [0, 1]. The paper uses 0.35.
        {scale_of_64}
        {cosine_head}

    {cosine_shapes}

    Raises:
        ValueError: `margin` is not in [0, 1].

    Reference:
        Wang et al. (2018), CosFace: Large Margin Cosine Loss for Deep Face Recognition.

    Example:
        >>> import numpy as np
        >>> tuple(CosFace(3)(np.ones((2, 4), "float32"), np.array([0, -1])).shape)
        (2, 3)
    """

    def __init__(
        self, num_classes: int, margin: float = 0.35, scale: float = 64.0, **kwargs: Any
    ) -> None:
        """Check and store the arguments."""
        super().__init__(num_classes, scale, **kwargs)
        if not 0 <= margin <= 1:
            raise ValueError(f"margin is subtracted from a cosine, in [0, 1]; got {margin!r}.")
        self.margin = float(margin)

    def with_margin(self, cosine: Tensor, label: Tensor, norm: Tensor) -> Tensor:
        """Return `cos t - m`."""
        return cosine - self.margin

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "margin": self.margin}
