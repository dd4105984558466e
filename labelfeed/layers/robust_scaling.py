"""Numbers on a common scale that outliers cannot stretch: centred, scaled, smoothly clipped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from labelfeed.types import Shape, Shapes, Tensor

__all__ = ["RobustScaling"]


@keras.saving.register_keras_serializable(package="labelfeed")
class RobustScaling(keras.layers.Layer):
    """Centre each column on its median, scale it by its quartiles, clip it smoothly.

    `out = z / sqrt(1 + (z / limit)^2)` with `z = (x - center) * scale`, in float32 at any policy:
    near zero nothing changes, and nothing lies beyond `limit`. `RobustScaling.of` finds centre and
    scale; they stand in the config and are not trained.

    Args:
        center: Value of each column that becomes 0.
        scale: Factor of each column, >= 0; 0 leaves a constant column out.
        limit: What the output stays below in size, > 0.
        **kwargs: `name`, `dtype`.

    Input shape:
        `(batch, d)`.

    Output shape:
        `(batch, d)`.

    Raises:
        ValueError: `center` and `scale` differ in length, or a number is out of its range.

    References:
        Holzmueller, Grinsztajn and Steinwart 2024, Better by default: strong pre-tuned MLPs and
        boosted trees on tabular data.

    Example:
        >>> layer = RobustScaling.of(np.array([[1.0], [2.0], [3.0], [1000.0]]))
        >>> [round(float(v), 2) for v in layer(np.array([[2.5], [1000.0], [1e9]]))[:, 0]]
        [0.0, 2.4, 3.0]
    """

    def __init__(
        self, center: Sequence[float], scale: Sequence[float], limit: float = 3.0, **kwargs: Any
    ) -> None:
        """Check and store the numbers."""
        super().__init__(**{"autocast": False, **kwargs})  # half precision would round x
        self.center, self.scale = [float(v) for v in center], [float(v) for v in scale]
        self.limit = float(limit)
        if len(self.center) != len(self.scale):
            raise ValueError(
                f"center has {len(self.center)} columns and scale {len(self.scale)}; give as many."
            )
        if not all(0 <= v < np.inf for v in self.scale) or not self.limit > 0:
            raise ValueError("Each scale must be a number >= 0, and limit a number > 0.")

    @classmethod
    def of(cls, x: np.ndarray, limit: float = 3.0, **kwargs: Any) -> RobustScaling:
        """Return the layer whose centre and scale are those of rows.

        The quartiles lie 1 apart after it; a column whose quartiles agree is scaled by its whole
        range to a width of 2, and a constant one is 0.

        Args:
            x: float array `(n, d)`, finite, n >= 1.
            limit: As of the layer.
            **kwargs: `name`, `dtype`.
        """
        x = np.asarray(x, np.float64)
        low, center, high = np.quantile(x, [0.25, 0.5, 0.75], axis=0)
        middle, whole = high - low, x.max(axis=0) - x.min(axis=0)
        middle = np.where(middle > 1e-6 * whole, middle, whole / 2)
        scale = 1 / np.where(middle > 0, middle, np.inf)
        return cls(center.tolist(), scale.tolist(), limit, **kwargs)

    def call(self, inputs: Tensor) -> Tensor:
        """Return the columns, scaled and clipped."""
        center = ops.convert_to_tensor(self.center, "float32")
        z = (ops.cast(inputs, "float32") - center) * ops.convert_to_tensor(self.scale, "float32")
        # The size first: the square of a large float32 is infinite.
        size = ops.abs(z) / self.limit
        clipped = z / ops.where(
            size > 1e3, ops.maximum(size, 1.0), ops.sqrt(1 + ops.square(ops.minimum(size, 1e3)))
        )
        return ops.cast(clipped, self.compute_dtype)

    def by_numpy(self, x: np.ndarray) -> np.ndarray:
        """Return what the layer gives for float32 `(n, d)`, without a backend."""
        z = (x - np.asarray(self.center, np.float32)) * np.asarray(self.scale, np.float32)
        size = np.abs(z) / np.float32(self.limit)
        near = np.sqrt(1 + np.square(np.minimum(size, 1e3)))
        return z / np.where(size > 1e3, np.maximum(size, 1), near)

    def compute_output_shape(self, input_shape: Shapes) -> Shape:
        """Return the shape of the input."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "center": self.center,
            "scale": self.scale,
            "limit": self.limit,
        }
