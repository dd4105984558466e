"""Rows changed as far as they may be while their label stays: the strong view of FixMatch."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from labelfeed.layers.random_view import RandomView
from labelfeed.types import Shape, Shapes, Tensor

__all__ = ["StrongView"]

_SHIFT, _ROTATION, _ZOOM = 0.15, 20.0, 0.2


@keras.saving.register_keras_serializable(package="labelfeed")
class StrongView(keras.layers.Layer):
    """Change each row a lot at every training step: what a model should say the same of.

    A picture is seen from another place (`RandomView`, twice as far as its default), and in a
    rectangle of it, of up to `rate` of height and width, another picture of the batch is seen. Of a
    row of numbers each is taken from another row of the batch with probability `rate`. Outside of
    training rows pass as they are.

    Args:
        rate: In [0, 1]; see above.
        flip: Whether half of the pictures are mirrored, left for right.
        seed: Of the draws.
        **kwargs: `name`, `dtype`.

    Input shape:
        `(batch, d)` or `(batch, height, width, channels)`.

    Output shape:
        The same.

    Raises:
        ValueError: `rate` is out of its range, or the input has another shape.

    References:
        Sohn et al. 2020, FixMatch; Yun et al. 2019, CutMix; Bahri et al. 2022, SCARF.

    Example:
        >>> import keras
        >>> x = keras.random.uniform((6, 8))
        >>> view = StrongView(seed=0)
        >>> bool(keras.ops.all(view(x) == x)), bool(keras.ops.all(view(x, training=True) == x))
        (True, False)
    """

    def __init__(
        self, rate: float = 0.3, flip: bool = False, seed: int | None = None, **kwargs: Any
    ) -> None:
        """Check the rate."""
        super().__init__(**kwargs)
        if not 0 <= rate <= 1:
            raise ValueError(f"rate must be in [0, 1], got {rate}.")
        self.rate, self.flip, self.seed = float(rate), bool(flip), seed
        self.view = RandomView(
            _SHIFT, _ROTATION, _ZOOM, self.flip, 1.0, seed, dtype=self.dtype_policy
        )
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.supports_jit = self.view.supports_jit

    def build(self, input_shape: Shapes) -> None:
        """Check the shape; nothing is trained."""
        if len(input_shape) not in (2, 4):
            raise ValueError(
                "StrongView takes rows of numbers (batch, d) or pictures (batch, height, width, "
                f"channels), got the shape {tuple(input_shape)}. Give a layer of your own."
            )
        if len(input_shape) == 4:
            self.view.build(input_shape)
        else:
            self.supports_jit = True
        self.built = True

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        """Return the rows, in training each changed in a way of its own."""
        if not training:
            return inputs
        other = ops.roll(inputs, 1, axis=0)  # batches are in no order
        if len(inputs.shape) == 2:
            drawn = self._draw(ops.shape(inputs))
            return ops.where(drawn < self.rate, other, inputs)
        seen = self.view(inputs, training=True)
        draws = self._draw((ops.shape(inputs)[0], 4))
        inside = [
            self._between(inputs.shape[1 + axis], draws[:, axis], draws[:, 2 + axis])
            for axis in (0, 1)
        ]
        rectangle = ops.logical_and(inside[0][:, :, None], inside[1][:, None, :])
        return ops.where(rectangle[..., None], other, seen)

    def _draw(self, shape: Shape) -> Tensor:
        return keras.random.uniform(shape, dtype="float32", seed=self.seed_generator)

    def _between(self, size: int, start: Tensor, length: Tensor) -> Tensor:
        """Return bool `(batch, size)`: which places along one axis belong to the rectangle."""
        place = (ops.arange(size, dtype="float32")[None] + 0.5) / size
        first, length = start[:, None], self.rate * length[:, None]
        first = first * (1.0 - length)
        return ops.logical_and(place >= first, place < first + length)

    def compute_output_shape(self, input_shape: Shapes) -> Shape:
        """Return the shape of the rows."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "rate": self.rate, "flip": self.flip, "seed": self.seed}
