"""Layers of a denoising network: the noise level as numbers, and blocks that a vector sets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from labelfeed.types import KerasLayer, Shape, Shapes, Tensor

__all__ = ["ModulatedBlock", "NoiseFeatures"]


@keras.saving.register_keras_serializable(package="labelfeed")
class NoiseFeatures(keras.layers.Layer):
    """Sines and cosines of a noise level, given as `ln(s) / 4`.

    Args:
        width: Length of the vector, even, >= 2.
        highest: Highest frequency, in radians per unit.
        **kwargs: As of any Keras layer.

    Input shape:
        `(batch, 1)`.

    Output shape:
        `(batch, width)`.

    Example:
        >>> tuple(NoiseFeatures(8)(np.zeros((2, 1))).shape)
        (2, 8)
    """

    def __init__(self, width: int = 64, highest: float = 32.0, **kwargs: Any) -> None:
        """Check and store the arguments."""
        super().__init__(**kwargs)
        if not isinstance(width, int) or width < 2 or width % 2:
            raise ValueError(f"width must be an even integer >= 2, got {width!r}.")
        self.width, self.highest = width, float(highest)

    def call(self, level: Tensor) -> Tensor:
        """Return the vector, worked out in float32 under any policy."""
        rates = np.geomspace(0.5, self.highest, self.width // 2).astype("float32")
        angles = ops.cast(level, "float32") * ops.convert_to_tensor(rates)[None]
        vector = ops.concatenate([ops.sin(angles), ops.cos(angles)], axis=-1)
        return ops.cast(vector, self.compute_dtype)

    def compute_output_shape(self, input_shape: Shapes) -> Shape:
        """Return the output's shape."""
        return (input_shape[0], self.width)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "width": self.width, "highest": self.highest}


@keras.saving.register_keras_serializable(package="labelfeed")
class ModulatedBlock(keras.layers.Layer):
    """A residual block with AdaLN-Zero of a vector: `h + a f(norm(h) (1 + g) + b)`.

    `a`, `g` and `b` are linear in `silu(c)` and zero at the start. Unlike `layers.AdaLNZero`, whose
    rows of a table belong to one class each, classes, noise level and numbers share these kernels:
    a rare class has little to learn by itself.

    Args:
        block: The layer `f`, from `(batch, ..., d)` to the same shape; `None` for two dense layers.
        expansion: Width of the first dense layer in multiples of d, >= 1.
        dropout: Probability in [0, 1) that a unit between the dense layers is zeroed in training.
        activation: Activation of the first dense layer.
        **kwargs: As of any Keras layer.

    Input shape:
        A list `[h, c]`: `(batch, ..., d)` and `(batch, width)`.

    Output shape:
        That of h.

    References:
        Peebles and Xie 2023, Scalable diffusion models with transformers.

    Example:
        >>> tuple(ModulatedBlock()([np.ones((2, 5)), np.ones((2, 3))]).shape)
        (2, 5)
    """

    def __init__(
        self,
        block: KerasLayer | None = None,
        expansion: int = 1,
        dropout: float = 0.0,
        activation: str = "silu",
        **kwargs: Any,
    ) -> None:
        """Check and store the arguments."""
        super().__init__(**kwargs)
        if not isinstance(expansion, int) or expansion < 1:
            raise ValueError(f"expansion must be an integer >= 1, got {expansion!r}.")
        self.given_block, self.expansion = block, expansion
        self.dropout, self.activation = float(dropout), keras.activations.get(activation)
        self.block: KerasLayer = block
        self.norm = keras.layers.LayerNormalization(
            center=False, scale=False, dtype=self.dtype_policy
        )

    def build(self, input_shape: Shapes) -> None:
        """Allocate the modulation and the block."""
        shape, vector = (tuple(s) for s in input_shape)
        width, policy = shape[-1], self.dtype_policy
        self.modulation = keras.layers.Dense(
            3 * width, kernel_initializer="zeros", dtype=policy, name="modulation"
        )
        self.modulation.build(vector)
        if self.block is None:
            wide = keras.layers.Dense(
                self.expansion * width, activation=self.activation, dtype=policy
            )
            narrow = keras.layers.Dense(width, dtype=policy)
            drop = [keras.layers.Dropout(self.dropout, dtype=policy)] if self.dropout else []
            self.block = keras.Sequential([wide, *drop, narrow], name="block")
        self.norm.build(shape)
        if not self.block.built:
            self.block.build(shape)

    def call(self, inputs: Sequence[Tensor], training: bool | None = None) -> Tensor:
        """Return the features plus the block's output, as strong as the vector says."""
        h, vector = inputs
        parts = self.modulation(keras.activations.silu(vector))
        for _ in h.shape[1:-1]:
            parts = parts[:, None]
        strength, scale, shift = ops.split(parts, 3, axis=-1)
        return h + strength * self.block(self.norm(h) * (1 + scale) + shift, training=training)

    def compute_output_shape(self, input_shape: Shapes) -> Shape:
        """Return the output's shape, that of the features."""
        return tuple(input_shape[0])

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        block = self.given_block
        return {
            **super().get_config(),
            "block": None if block is None else keras.saving.serialize_keras_object(block),
            "expansion": self.expansion,
            "dropout": self.dropout,
            "activation": keras.activations.serialize(self.activation),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> ModulatedBlock:
        """Return the layer that `get_config` described."""
        config = dict(config)
        if isinstance(config.get("block"), dict):
            config["block"] = keras.saving.deserialize_keras_object(config["block"])
        return cls(**config)
