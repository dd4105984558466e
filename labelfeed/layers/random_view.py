"""Pictures a little shifted, turned and scaled in training, as they might have been taken."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

from labelfeed.types import Shape, Shapes, Tensor

__all__ = ["RandomView"]


@keras.saving.register_keras_serializable(package="labelfeed")
class RandomView(keras.layers.Layer):
    """Show each picture from a slightly different place at every training step.

    A place `p` of what comes out, measured from the middle, shows the place `z R(a) p + s` of the
    picture: `z` from `1 - zoom` to `1 + zoom`, the angle `a` up to `rotation` either way, the shift
    `s` up to `shift` of height and width, each drawn uniformly for each picture. It is
    `RandomTranslation`, `RandomRotation` and `RandomZoom` of Keras in one resampling, which takes a
    third of the time, and takes the nearest pixel: means of pixels would smooth the grain of a
    picture, so that training saw less noise than there is. Outside of training, pictures pass as
    they are.

    Args:
        shift: Most shift as a share of height and width, in [0, 1).
        rotation: Most angle in degrees, in [0, 180].
        zoom: Most change of size, in [0, 1).
        flip: Whether half of the pictures are mirrored, left for right.
        share: Share of the pictures in [0, 1] that are shifted, turned and scaled at a step; the
            others are seen as they are, as they will be outside of training.
        seed: Of the draws.
        **kwargs: `name`, `dtype`.

    Input shape:
        `(batch, height, width, channels)`.

    Output shape:
        The same; places beyond the edge show the edge.

    Raises:
        ValueError: A number is out of its range.

    Example:
        >>> import keras
        >>> x = keras.random.uniform((2, 8, 8, 1))
        >>> view = RandomView(seed=0)
        >>> bool(keras.ops.all(view(x) == x)), bool(keras.ops.all(view(x, training=True) == x))
        (True, False)
    """

    def __init__(
        self,
        shift: float = 0.08,
        rotation: float = 10.0,
        zoom: float = 0.1,
        flip: bool = False,
        share: float = 0.5,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        """Check the ranges."""
        super().__init__(**kwargs)
        for name, value in (("shift", shift), ("zoom", zoom)):
            if not 0 <= value < 1:
                raise ValueError(f"{name} must be in [0, 1), got {value}.")
        if not 0 <= share <= 1:
            raise ValueError(f"share must be in [0, 1], got {share}.")
        if not 0 <= rotation <= 180:
            raise ValueError(f"rotation must be in [0, 180] degrees, got {rotation}.")
        self.shift, self.rotation, self.zoom = float(shift), float(rotation), float(zoom)
        self.flip, self.share, self.seed = bool(flip), float(share), seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        # TensorFlow's resampling is no operation that XLA knows.
        self.supports_jit = keras.backend.backend() != "tensorflow"

    def build(self, input_shape: Shapes) -> None:
        """Nothing is trained."""
        self.built = True

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        """Return the pictures, in training each with a view of its own."""
        if not training:
            return inputs
        rows = ops.shape(inputs)[0]
        height, width = inputs.shape[1:3]
        draws = keras.random.uniform(
            (rows, 6), -1.0, 1.0, dtype="float32", seed=self.seed_generator
        )
        changed = ops.cast(draws[:, 5:] < 2.0 * self.share - 1.0, "float32")
        draws = ops.concatenate([draws[:, :4] * changed, draws[:, 4:]], axis=1)
        zoom = 1.0 + self.zoom * draws[:, 0]
        angle = math.radians(self.rotation) * draws[:, 1]
        along, across = zoom * ops.cos(angle), zoom * ops.sin(angle)
        mirror = ops.where(draws[:, 4] < 0, -1.0, 1.0) if self.flip else ops.ones_like(zoom)
        middle_x, middle_y = (width - 1) / 2, (height - 1) / 2
        a0, a1, b0, b1 = along * mirror, -across, across * mirror, along
        a2 = middle_x + self.shift * width * draws[:, 2] - a0 * middle_x - a1 * middle_y
        b2 = middle_y + self.shift * height * draws[:, 3] - b0 * middle_x - b1 * middle_y
        zero = ops.zeros_like(zoom)
        seen = ops.image.affine_transform(
            ops.cast(inputs, "float32"),
            ops.stack([a0, a1, a2, b0, b1, b2, zero, zero], axis=1),
            interpolation="nearest",
            fill_mode="nearest",
            data_format="channels_last",
        )
        return ops.cast(seen, inputs.dtype)

    def compute_output_shape(self, input_shape: Shapes) -> Shape:
        """Return the shape of the pictures."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        names = ("shift", "rotation", "zoom", "flip", "share", "seed")
        own = {name: getattr(self, name) for name in names}
        return {**super().get_config(), **own}
