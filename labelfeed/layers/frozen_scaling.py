"""Centre and scale of each feature, fitted elsewhere and frozen."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from labelfeed.types import ArrayLike, Shape, Shapes, Tensor

__all__ = ["FrozenScaling"]


@keras.saving.register_keras_serializable(package="labelfeed")
class FrozenScaling(keras.layers.Layer):
    """Return `(x - centre) / scale` for each feature, in float32 at any policy.

    What a fitted scaler of scikit-learn does. The difference comes first, so that a feature that
    is far from zero keeps its digits. Unlike `keras.layers.Normalization` it holds nothing beside
    its weights, so that `set_weights` is enough to copy it.

    Args:
        **kwargs: `name`, `trainable`.

    Input shape:
        `(..., num_features)`.

    Output shape:
        The same; equal to the input until `assign` is called.

    Example:
        >>> layer = FrozenScaling()
        >>> layer.assign([100.0, 0.0], [2.0, 1.0])
        >>> keras.ops.convert_to_numpy(layer(np.array([[104.0, 1.0]]))).tolist()
        [[2.0, 1.0]]
    """

    built: bool

    def __init__(self, **kwargs: Any) -> None:
        """Take Keras's own arguments."""
        kwargs["dtype"] = "float32"
        super().__init__(**kwargs)

    def build(self, input_shape: Shapes) -> None:
        """Allocate centre 0 and scale 1 for each feature."""
        if self.built:
            return
        frozen = {"dtype": "float32", "autocast": False, "trainable": False}
        self.centre = self.add_weight((input_shape[-1],), "zeros", name="centre", **frozen)
        self.scale = self.add_weight((input_shape[-1],), "ones", name="scale", **frozen)
        self.built = True

    def assign(self, centre: ArrayLike, scale: ArrayLike) -> None:
        """Take centre and scale.

        Args:
            centre: `(num_features,)`.
            scale: `(num_features,)`, not 0.
        """
        centre, scale = np.asarray(centre, np.float32), np.asarray(scale, np.float32)
        if centre.ndim != 1 or centre.shape != scale.shape or not np.all(scale):
            raise ValueError(
                "Expected centre and scale of shape (num_features,), no scale being 0, got shapes "
                f"{centre.shape} and {scale.shape} with {int((scale == 0).sum())} zeros."
            )
        self.build((None, len(centre)))
        self.centre.assign(centre)
        self.scale.assign(scale)

    def call(self, inputs: Tensor) -> Tensor:
        """Return the features centred and scaled."""
        return (ops.cast(inputs, "float32") - self.centre) / self.scale

    def compute_output_shape(self, input_shape: Shapes) -> Shape:
        """Return the shape of the features."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config()}
