"""The three margins in one."""

from __future__ import annotations

from typing import Any

import keras

from labelfeed.heads._texts import documented
from labelfeed.heads.cosine import CosineHead, radians
from labelfeed.losses.margins import combined_angle
from labelfeed.types import Tensor

__all__ = ["CombinedMargin"]


@keras.saving.register_keras_serializable(package="labelfeed")
@documented
class CombinedMargin(CosineHead):
    """Multiply and add to the angle, subtract from its cosine: `f(cos t) = psi(m1 t + m2) - m3`.

    `psi(u) = (-1)^k cos u - 2k` with `k = floor(u / pi)` is the cosine up to pi and goes on
    falling beyond it, so that `f` is monotone. `(m, 0, 0)` is the margin of SphereFace and
    `(1, 0, m)` that of CosFace; `(1, m, 0)` is ArcFace but for angles beyond `pi - m`.

    Args:
        {num_classes}
        factor: m1, multiplies the angle, in [1, 16].
        angle: m2 in radians, in [0, pi / 2].
        cosine: m3, a cosine, in [0, 1]. The paper's combined setting is (1, 0.3, 0.2).
        {scale_of_64}
        {cosine_head}

    {cosine_shapes}

    Raises:
        ValueError: A margin is out of range.

    Reference:
        Deng et al. (2019), ArcFace, equation 4.

    Example:
        >>> import numpy as np
        >>> tuple(CombinedMargin(3)(np.ones((2, 4), "float32"), np.array([0, -1])).shape)
        (2, 3)
    """

    def __init__(
        self,
        num_classes: int,
        factor: float = 1.0,
        angle: float = 0.3,
        cosine: float = 0.2,
        scale: float = 64.0,
        **kwargs: Any,
    ) -> None:
        """Check and store the arguments."""
        super().__init__(num_classes, scale, **kwargs)
        if not 1 <= factor <= 16 or not 0 <= cosine <= 1:
            raise ValueError(
                f"factor must be in [1, 16] and cosine in [0, 1], got {factor!r} and {cosine!r}."
            )
        self.factor = float(factor)
        self.angle = radians(angle, "angle")
        self.cosine = float(cosine)

    def with_margin(self, cosine: Tensor, label: Tensor, norm: Tensor) -> Tensor:
        """Return `psi(m1 t + m2) - m3`."""
        return combined_angle(cosine, self.factor, self.angle) - self.cosine

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        margins = {"factor": self.factor, "angle": self.angle, "cosine": self.cosine}
        return {**super().get_config(), **margins}
