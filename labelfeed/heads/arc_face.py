"""Additive angular margin."""

from __future__ import annotations

from typing import Any

import keras

from labelfeed.heads._texts import documented
from labelfeed.heads.cosine import CosineHead, radians
from labelfeed.losses.margins import additive_angle
from labelfeed.types import Tensor

__all__ = ["ArcFace"]


@keras.saving.register_keras_serializable(package="labelfeed")
@documented
class ArcFace(CosineHead):
    """Add an angle to the angle between embedding and true centre: `f(cos t) = cos(t + m)`.

    Beyond `t = pi - m`, where `cos(t + m)` would rise again, `f = cos t - m sin m`.

    Args:
        {num_classes}
        margin: m in radians, in [0, pi / 2]. The paper uses 0.5 radians (28.6 degrees).
        {scale_of_64}
        {cosine_head}

    {cosine_shapes}

    Raises:
        ValueError: `margin` is not in [0, pi / 2]; it may be in degrees.

    Reference:
        Deng et al. (2019), ArcFace: Additive Angular Margin Loss for Deep Face Recognition.

    Example:
        >>> import numpy as np
        >>> head = ArcFace(3)
        >>> scores = head(np.ones((2, 4), "float32"), np.array([0, -1]), training=True)
        >>> tuple(scores.shape), len(head.losses)
        ((2, 3), 1)
    """

    def __init__(
        self, num_classes: int, margin: float = 0.5, scale: float = 64.0, **kwargs: Any
    ) -> None:
        """Check and store the arguments."""
        super().__init__(num_classes, scale, **kwargs)
        self.margin = radians(margin)

    def with_margin(self, cosine: Tensor, label: Tensor, norm: Tensor) -> Tensor:
        """Return `cos(t + m)`, continued monotonically."""
        return additive_angle(cosine, self.margin)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "margin": self.margin}
