"""Open or close every feature by the label."""

from __future__ import annotations

from collections.abc import Sequence

import keras
from keras import ops

from labelfeed.layers._texts import documented
from labelfeed.layers.modulation import ModulationLayer
from labelfeed.types import Tensor

__all__ = ["LabelGate"]


@keras.saving.register_keras_serializable(package="labelfeed")
@documented
class LabelGate(ModulationLayer):
    """Gate the features: `x 2 sigmoid(g_y)`, between closed (0) and doubled (2).

    `g_y` is a row of a table, zero at the start, where the gate lets everything pass as it is;
    several labels add up. Bounded: a wrong label can silence a feature but not blow it up.

    Args:
        {specs}
        {modulation}

    {modulation_shapes}

    {modulation_raises}

    References:
        Hu et al. 2018, Squeeze-and-excitation networks (the gate there comes from the features);
        Dauphin et al. 2017, Language modeling with gated convolutional networks.

    Example:
        >>> from labelfeed import LabelSpec
        >>> layer = LabelGate(LabelSpec.single(3))
        >>> tuple(layer([np.ones((2, 5)), np.array([1, -1])]).shape)
        (2, 5)
    """

    vectors = 1

    def call(self, inputs: Sequence[Tensor], training: bool | None = None) -> Tensor:
        """Return the gated features."""
        features, *labels = inputs
        (gate,) = self.modulation(labels, training, features)
        return features * (2 * ops.sigmoid(gate))
