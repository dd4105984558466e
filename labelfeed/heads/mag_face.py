"""A margin that grows with the norm of the embedding, which becomes a measure of quality."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from labelfeed.heads._texts import documented
from labelfeed.heads.cosine import CosineHead, radians
from labelfeed.losses.margins import additive_angle
from labelfeed.types import Tensor

__all__ = ["MagFace"]


@keras.saving.register_keras_serializable(package="labelfeed")
@documented
class MagFace(CosineHead):
    """ArcFace whose margin grows with the norm `a`, and a penalty that rewards long embeddings.

    `a = clip(|x|, l, u)`, `m(a) = m_l + (m_u - m_l) (a - l) / (u - l)`, `f(cos t) = cos(t + m(a))`
    continued monotonically as in `ArcFace` (the authors fall back to `cos t`, which is no longer
    monotone). `lambda (a / u^2 + 1 / a)` is added to the loss of each row in training.

    Args:
        {num_classes}
        margins: `(m_l, m_u)` in radians, rising, in [0, pi / 2]; the paper uses (0.45, 0.8).
        norms: `(l, u)`, rising, > 0; the paper uses (10, 110).
        penalty: lambda, >= 0; the paper uses 35.
        {scale_of_64}
        {cosine_head}

    {cosine_shapes}

    {raises}

    Reference:
        Meng et al. (2021), MagFace: A Universal Representation for Face Recognition and Quality
        Assessment.

    Example:
        >>> import numpy as np
        >>> tuple(MagFace(3)(np.ones((2, 4), "float32"), np.array([0, -1])).shape)
        (2, 3)
    """

    def __init__(
        self,
        num_classes: int,
        margins: tuple[float, float] = (0.45, 0.8),
        norms: tuple[float, float] = (10.0, 110.0),
        penalty: float = 35.0,
        scale: float = 64.0,
        **kwargs: Any,
    ) -> None:
        """Check and store the arguments."""
        super().__init__(num_classes, scale, **kwargs)
        self.margins = (radians(margins[0], "margins[0]"), radians(margins[1], "margins[1]"))
        self.norms = (float(norms[0]), float(norms[1]))
        if not 0 < self.norms[0] < self.norms[1] or self.margins[0] > self.margins[1]:
            raise ValueError(f"margins and norms must rise, norms > 0; got {margins} and {norms}.")
        if not penalty >= 0:
            raise ValueError(f"penalty must be >= 0, got {penalty!r}.")
        self.penalty = float(penalty)

    def with_margin(self, cosine: Tensor, label: Tensor, norm: Tensor) -> Tensor:
        """Return `cos(t + m(a))`, continued monotonically."""
        (lowest, highest), (shortest, longest) = self.margins, self.norms
        share = (ops.clip(norm, shortest, longest) - shortest) / (longest - shortest)
        return additive_angle(cosine, lowest + (highest - lowest) * share)

    def extra(self, norm: Tensor, training: bool | None) -> Tensor:
        """Return the penalty of each row in training, `(batch,)`."""
        if not training:
            return 0.0
        length = ops.clip(norm, *self.norms)
        return self.penalty * (length / self.norms[1] ** 2 + 1.0 / length)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "margins": list(self.margins),
            "norms": list(self.norms),
            "penalty": self.penalty,
        }
