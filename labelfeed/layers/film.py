"""Scale and shift every feature by the label."""

from __future__ import annotations

from collections.abc import Sequence

import keras

from labelfeed.layers._texts import documented
from labelfeed.layers.modulation import ModulationLayer
from labelfeed.types import Tensor

__all__ = ["FiLM"]


@keras.saving.register_keras_serializable(package="labelfeed")
@documented
class FiLM(ModulationLayer):
    """Feature-wise linear modulation: `x (1 + g_y) + b_y`.

    `g_y` and `b_y` are rows of a table, zero at the start; several labels add up. Put it behind a
    dense or convolutional layer, before the activation.

    Args:
        {specs}
        {modulation}

    {modulation_shapes}

    {modulation_raises}

    References:
        Perez et al. 2018, FiLM: visual reasoning with a general conditioning layer.

    Example:
        >>> from labelfeed import LabelSpec
        >>> site, view = LabelSpec.single(3, "site"), LabelSpec.single(["front", "side"], "view")
        >>> layer = FiLM([site, view])
        >>> tuple(layer([np.ones((2, 8, 8, 5)), np.array([1, -1]), np.array([0, 1])]).shape)
        (2, 8, 8, 5)
    """

    def call(self, inputs: Sequence[Tensor], training: bool | None = None) -> Tensor:
        """Return the features, scaled and shifted."""
        features, *labels = inputs
        scale, shift = self.modulation(labels, training, features)
        return features * (1 + scale) + shift
