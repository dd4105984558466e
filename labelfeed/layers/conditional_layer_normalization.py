"""Layer normalisation whose scale and shift the label sets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers._texts import documented
from labelfeed.layers.conditional_normalization import ConditionalNormalization

__all__ = ["ConditionalLayerNormalization"]


@keras.saving.register_keras_serializable(package="labelfeed")
@documented
class ConditionalLayerNormalization(ConditionalNormalization):
    """Layer normalisation by label: `(g + g_y) norm(x) + b + b_y`.

    Every position is normalised over its d features.
    {shared_scale_and_shift}

    Args:
        {specs}
        {epsilon}
        {modulation}

    {modulation_shapes}

    {modulation_raises}

    References:
        Ba et al. 2016, Layer normalization; Chen et al. 2021, AdaSpeech (conditional layer
        normalisation).

    Example:
        >>> from labelfeed import LabelSpec
        >>> layer = ConditionalLayerNormalization(LabelSpec.single(3))
        >>> tuple(layer([np.ones((2, 7, 4)), np.array([1, -1])]).shape)
        (2, 7, 4)
    """

    def __init__(
        self, spec: LabelSpec | Sequence[LabelSpec], epsilon: float = 1e-3, **kwargs: Any
    ) -> None:
        """Check and store the arguments."""
        super().__init__(spec, **kwargs)
        self.epsilon = epsilon
        self.norm = keras.layers.LayerNormalization(
            epsilon=epsilon, center=False, scale=False, dtype=self.dtype_policy
        )

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "epsilon": self.epsilon}
