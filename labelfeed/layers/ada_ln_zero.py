"""A residual block whose normalisation and strength the label sets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers._texts import documented
from labelfeed.layers.modulation import ModulationLayer
from labelfeed.types import Identifier, KerasLayer, Shapes, Tensor

__all__ = ["AdaLNZero"]


@keras.saving.register_keras_serializable(package="labelfeed")
@documented
class AdaLNZero(ModulationLayer):
    """Adaptive layer normalisation: `x + a_y f(norm(x) (1 + g_y) + b_y)`.

    `norm` is a layer normalisation without weights of its own, `f` a block of dense layers (or any
    layer that keeps the shape). `a_y`, `g_y`, `b_y` are rows of a table, zero at the start: the
    layer starts as the identity for every label; several labels add up.

    Args:
        {specs}
        block: The layer `f`, from `(batch, ..., d)` to the same shape; `None` for two dense
            layers, `dense(expansion * d, activation)` and `dense(d)`.
        expansion: Width of the first dense layer in multiples of d, >= 1.
        activation: Activation of the first dense layer.
        {epsilon}
        {modulation}

    {modulation_shapes}

    Raises:
        ValueError: `expansion` is below 1, or the inputs do not fit the labels.

    References:
        Peebles and Xie 2023, Scalable diffusion models with transformers.

    Example:
        >>> from labelfeed import LabelSpec
        >>> layer = AdaLNZero(LabelSpec.single(3))
        >>> tuple(layer([np.ones((2, 7, 5)), np.array([1, -1])]).shape)
        (2, 7, 5)
    """

    vectors = 3

    def __init__(
        self,
        spec: LabelSpec | Sequence[LabelSpec],
        block: KerasLayer | None = None,
        expansion: int = 4,
        activation: Identifier = "gelu",
        epsilon: float = 1e-6,
        **kwargs: Any,
    ) -> None:
        """Check and store the arguments."""
        super().__init__(spec, **kwargs)
        if not isinstance(expansion, int) or expansion < 1:
            raise ValueError(f"expansion must be an integer >= 1, got {expansion!r}.")
        self.given_block = block
        self.expansion = expansion
        self.activation = keras.activations.get(activation)
        self.epsilon = epsilon
        self.block: KerasLayer = block  # `None` until it is built
        self.norm = keras.layers.LayerNormalization(
            epsilon=epsilon, center=False, scale=False, dtype=self.dtype_policy
        )

    def build(self, input_shape: Shapes) -> None:
        """Allocate the tables and the block."""
        super().build(input_shape)
        shape = tuple(input_shape[0])
        if self.block is None:
            wide = keras.layers.Dense(
                self.expansion * shape[-1], activation=self.activation, dtype=self.dtype_policy
            )
            layers = [wide, keras.layers.Dense(shape[-1], dtype=self.dtype_policy)]
            self.block = keras.Sequential(layers, name="block")
        self.norm.build(shape)
        if not self.block.built:
            self.block.build(shape)

    def call(self, inputs: Sequence[Tensor], training: bool | None = None) -> Tensor:
        """Return the features plus the block's output, as strong as the label says."""
        features, *labels = inputs
        strength, scale, shift = self.modulation(labels, training, features)
        normed = self.norm(features) * (1 + scale) + shift
        return features + strength * self.block(normed, training=training)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        block = self.given_block
        return {
            **super().get_config(),
            "block": None if block is None else keras.saving.serialize_keras_object(block),
            "expansion": self.expansion,
            "activation": keras.activations.serialize(self.activation),
            "epsilon": self.epsilon,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> AdaLNZero:
        """Return the layer that `get_config` described."""
        config = dict(config)
        if isinstance(config.get("block"), dict):
            config["block"] = keras.saving.deserialize_keras_object(config["block"])
        return cls(**config)
