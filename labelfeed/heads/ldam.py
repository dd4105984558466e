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
        TypeError: `class_counts` is no sequence, as where the number of classes was given.
        ValueError: A count is below 1 or no whole number, or `margin` out of range.

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
        counts = _counts(class_counts)
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


def _counts(given: Sequence[int]) -> list[int]:
    array = np.asarray(given)
    if array.ndim != 1:
        raise TypeError(
            "LDAM takes the number of training rows of each class, for example LDAM([1000, 10]) "
            f"for two classes; got {given!r}. np.bincount(ids) counts them."
        )
    if array.dtype.kind not in "iuf" or not np.all(array == np.floor(array)):
        raise ValueError(f"class_counts must be whole numbers of rows, got {given!r}.")
    return [int(n) for n in array]
