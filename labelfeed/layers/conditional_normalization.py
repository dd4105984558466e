"""Normalisation whose scale and shift the label sets: what its three kinds share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from labelfeed.layers._texts import documented
from labelfeed.layers.modulation import ModulationLayer
from labelfeed.types import Shapes, Tensor

__all__ = ["ConditionalNormalization"]


@documented
class ConditionalNormalization(ModulationLayer):
    """Normalise, then `(g + g_y) norm(x) + b + b_y`: shared scale and shift plus the labels'.

    Args:
        {specs}
        {modulation}

    Attributes:
        norm: The Keras layer that normalises, without scale and shift; set by the subclass.
    """

    norm: Any

    def build(self, input_shape: Shapes) -> None:
        """Allocate the tables and the shared scale and shift."""
        super().build(input_shape)
        width = input_shape[0][-1]
        self.scale = self.add_weight(shape=(width,), initializer="ones", name="scale")
        self.shift = self.add_weight(shape=(width,), initializer="zeros", name="shift")
        self.norm.build(tuple(input_shape[0]))

    def call(self, inputs: Sequence[Tensor], training: bool | None = None) -> Tensor:
        """Return the normalised features, scaled and shifted."""
        features, *labels = inputs
        scale, shift = self.modulation(labels, training, features)
        return self.norm(features, training=training) * (self.scale + scale) + self.shift + shift
