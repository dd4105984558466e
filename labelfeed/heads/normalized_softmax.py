"""Softmax over cosines, without a margin."""

from __future__ import annotations

from typing import Any

import keras

from labelfeed.heads._texts import documented
from labelfeed.heads.cosine import CosineHead

__all__ = ["NormalizedSoftmax"]


@keras.saving.register_keras_serializable(package="labelfeed")
@documented
class NormalizedSoftmax(CosineHead):
    """Cross-entropy of `softmax(s cos)`: the cosine classifier that the margin heads build on.

    Args:
        {num_classes}
        scale: s, inverse temperature, > 0. The paper's temperature 0.05 is `scale=20`.
        {cosine_head}

    {cosine_shapes}

    Reference:
        Zhai and Wu (2019), Classification is a Strong Baseline for Deep Metric Learning.

    Example:
        >>> import numpy as np
        >>> head = NormalizedSoftmax(3)
        >>> tuple(head(np.ones((2, 4), "float32"), np.array([0, -1])).shape)
        (2, 3)
    """

    def __init__(self, num_classes: int, scale: float = 20.0, **kwargs: Any) -> None:
        """Store the arguments."""
        super().__init__(num_classes, scale, **kwargs)
