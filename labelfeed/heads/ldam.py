"""A margin for each class, larger for rare classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from labelfeed.heads._texts import documented
from labelfeed.heads.cosine import CosineHead
from labelfeed.types import Tensor

__all__ = ["LDAM"]


@keras.saving.register_keras_serializable(package="labelfeed")
@documented
class LDAM(CosineHead):
    """Label-distribution-aware margin: `f(cos t) = cos t - m_y`, `m_y = m (n_min / n_y)^(1/4)`.

    Args:
        class_counts: Number of training rows `n_y` of each class, at least two, each >= 1.
        margin: m, the margin of the rarest class, a cosine in [0, 1]; the paper uses 0.5.
        scale: s, > 0; the paper uses 30.
        {cosine_head}

    {cosine_shapes}

    Raises:
        ValueError: A count is below 1, or `margin` out of range.

    Reference:
        Cao et al. (2019), Learning Imbalanced Datasets with Label-Distribution-Aware Margin Loss.

    Example:
        >>> import numpy as np
        >>> head = LDAM([1000, 10])
        >>> np.round(head.margins, 3)
        array([0.158, 0.5  ])
    """

    def __init__(
        self,
        class_counts: Sequence[int],
        margin: float = 0.5,
        scale: float = 30.0,
        **kwargs: Any,
    ) -> None:
        """Check and store the arguments."""
        counts = [int(n) for n in class_counts]
        super().__init__(len(counts), scale, **kwargs)
        if min(counts) < 1:
            raise ValueError(
                f"class_counts must be >= 1, but class {int(np.argmin(counts))} has {min(counts)}."
            )
        if not 0 <= margin <= 1:
            raise ValueError(f"margin is subtracted from a cosine, in [0, 1]; got {margin!r}.")
        self.class_counts = counts
        self.margin = float(margin)

    @property
    def margins(self) -> np.ndarray:
        """The margin of each class, `(num_classes,)`."""
        counts = np.asarray(self.class_counts, float)
        return self.margin * (counts.min() / counts) ** 0.25

    def with_margin(self, cosine: Tensor, label: Tensor, norm: Tensor) -> Tensor:
        """Return `cos t - m_y`."""
        table = ops.convert_to_tensor(self.margins, dtype="float32")
        return cosine - ops.take(table, ops.clip(label, 0, len(self.class_counts) - 1), axis=0)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        config = super().get_config()
        del config["num_classes"]  # follows from class_counts
        return {**config, "class_counts": self.class_counts, "margin": self.margin}
