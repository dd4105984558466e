"""Additive angular margin with a curriculum of hard negatives."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from labelfeed.heads._texts import documented
from labelfeed.heads.arc_face import ArcFace
from labelfeed.losses.margins import additive_angle, unit_and_norm
from labelfeed.types import Shape, Tensor

__all__ = ["CurricularFace"]


@keras.saving.register_keras_serializable(package="labelfeed")
@documented
class CurricularFace(ArcFace):
    """ArcFace whose hard negatives weigh more as training succeeds.

    `f(cos t) = cos(t + m)`, continued as in `ArcFace`. A cosine `c_j` of another class above
    `f(cos t)` becomes `c_j (h + c_j)`; `h` follows the mean cosine of the true class,
    `h <- a mean(cos t) + (1 - a) h`, from 0. `h` is a non-trainable weight, updated in training.

    Args:
        {num_classes}
        margin: m in radians, in [0, pi / 2]. The paper uses 0.5.
        {scale_of_64}
        momentum: a, share of the newest batch in `h`, in (0, 1]; the authors' code uses 0.01.
        {cosine_head}

    {cosine_shapes}

    Raises:
        ValueError: `margin` or `momentum` is out of range.

    Reference:
        Huang et al. (2020), CurricularFace: Adaptive Curriculum Learning Loss.

    Example:
        >>> import numpy as np
        >>> tuple(CurricularFace(3)(np.ones((2, 4), "float32"), np.array([0, -1])).shape)
        (2, 3)
    """

    by_row = False

    def __init__(
        self,
        num_classes: int,
        margin: float = 0.5,
        scale: float = 64.0,
        momentum: float = 0.01,
        **kwargs: Any,
    ) -> None:
        """Check and store the arguments."""
        super().__init__(num_classes, margin, scale, **kwargs)
        if not 0 < momentum <= 1:
            raise ValueError(f"momentum must be in (0, 1], got {momentum!r}.")
        self.momentum = float(momentum)

    def build(self, embedding_shape: Shape, label_shape: Shape | None = None) -> None:
        """Allocate the centres and the state of the curriculum."""
        super().build(embedding_shape, label_shape)
        self.hardness = self.add_weight(
            shape=(),
            initializer="zeros",
            trainable=False,
            dtype="float32",
            autocast=False,
            name="hardness",
        )

    def hard_negatives(self, unit: Tensor, label: Tensor, norm: Tensor) -> Tensor:
        """Advance the curriculum; return the threshold of hard negatives, and their factor."""
        known = ops.cast(label >= 0, "float32")
        own = ops.take(self.centres, ops.clip(label, 0, self.centres.shape[0] - 1), axis=0)
        own, _ = unit_and_norm(ops.stop_gradient(own))
        cosine = ops.clip(ops.sum(ops.stop_gradient(unit) * own, axis=1), -1.0, 1.0)
        count = ops.sum(known)
        mean = ops.sum(cosine * known) / ops.maximum(count, 1.0)
        share = ops.where(count > 0, self.momentum, 0.0)
        hardness = share * mean + (1.0 - share) * self.hardness
        self.hardness.assign(hardness)
        threshold = self.scale * additive_angle(cosine, self.margin)
        return threshold, ops.stop_gradient(hardness), self.scale

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "momentum": self.momentum}
