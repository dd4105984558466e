"""A margin that follows the quality of the image, told by the norm of its embedding."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

from labelfeed.heads._texts import documented
from labelfeed.heads.cosine import CosineHead, radians
from labelfeed.losses.margins import safe_angle
from labelfeed.types import Shape, Tensor

__all__ = ["AdaFace"]

_EDGE = 1e-3  # the authors' bound of the angle away from 0 and pi


@keras.saving.register_keras_serializable(package="labelfeed")
@documented
class AdaFace(CosineHead):
    """Put the margin on hard rows where embeddings are long, on easy ones where they are short.

    `z = clip(h (|x| - mean) / std, -1, 1)`, with running mean and standard deviation of the norms
    of the batches (weight `a` of the newest), and without gradient;
    `f(cos t) = cos(clip(t - m z, 0.001, pi - 0.001)) - m (1 + z)`.

    Args:
        {num_classes}
        margin: m, in [0, 1]: radians in the angle and a cosine outside of it. The paper uses 0.4.
        {scale_of_64}
        concentration: h, > 0; the paper uses 0.333.
        momentum: a, in (0, 1]; the paper uses 0.01.
        {cosine_head}

    {cosine_shapes}

    {raises}

    Reference:
        Kim et al. (2022), AdaFace: Quality Adaptive Margin for Face Recognition.

    Example:
        >>> import numpy as np
        >>> tuple(AdaFace(3)(np.ones((2, 4), "float32"), np.array([0, -1])).shape)
        (2, 3)
    """

    by_row = False

    def __init__(
        self,
        num_classes: int,
        margin: float = 0.4,
        scale: float = 64.0,
        concentration: float = 0.333,
        momentum: float = 0.01,
        **kwargs: Any,
    ) -> None:
        """Check and store the arguments."""
        super().__init__(num_classes, scale, **kwargs)
        self.margin = radians(margin, most=1.0)
        if not concentration > 0 or not 0 < momentum <= 1:
            raise ValueError(
                "concentration must be > 0 and momentum in (0, 1], "
                f"got {concentration!r} and {momentum!r}."
            )
        self.concentration = float(concentration)
        self.momentum = float(momentum)

    def build(self, embedding_shape: Shape, label_shape: Shape | None = None) -> None:
        """Allocate the centres and the running statistics of the norms (from 20 and 100)."""
        super().build(embedding_shape, label_shape)
        for name, start in (("norm_mean", 20.0), ("norm_std", 100.0)):
            weight = self.add_weight(
                shape=(),
                initializer=keras.initializers.Constant(start),
                trainable=False,
                dtype="float32",
                autocast=False,
                name=name,
            )
            setattr(self, name, weight)

    def with_margin(self, cosine: Tensor, label: Tensor, norm: Tensor) -> Tensor:
        """Advance the statistics; return the cosine with the row's margin."""
        norm = ops.clip(ops.stop_gradient(norm), 1e-3, 100.0)
        known = ops.cast(label >= 0, "float32")
        count = ops.sum(known)
        mean = ops.sum(norm * known) / ops.maximum(count, 1.0)
        # Divided by n - 1, as torch.std in the authors' code; one row has no spread to learn from.
        spread = ops.sum(known * ops.square(norm - mean)) / ops.maximum(count - 1.0, 1.0)
        share = ops.where(count > 1, self.momentum, 0.0)
        mean = share * mean + (1.0 - share) * self.norm_mean
        std = share * ops.sqrt(spread) + (1.0 - share) * self.norm_std
        self.norm_mean.assign(mean)
        self.norm_std.assign(std)
        z = ops.clip(self.concentration * (norm - mean) / (std + _EDGE), -1.0, 1.0)
        angle = safe_angle(cosine) - self.margin * z
        return ops.cos(ops.clip(angle, _EDGE, math.pi - _EDGE)) - self.margin * (1.0 + z)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "margin": self.margin,
            "concentration": self.concentration,
            "momentum": self.momentum,
        }
