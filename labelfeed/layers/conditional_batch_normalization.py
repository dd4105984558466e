"""Batch normalisation whose scale and shift the label sets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers._texts import documented
from labelfeed.layers.conditional_normalization import ConditionalNormalization

__all__ = ["ConditionalBatchNormalization"]


@keras.saving.register_keras_serializable(package="labelfeed")
@documented
class ConditionalBatchNormalization(ConditionalNormalization):
    """Batch normalisation by label: `(g + g_y) norm(x) + b + b_y`.

    The statistics are those of the whole batch, whatever the labels.
    {shared_scale_and_shift}

    Args:
        {specs}
        momentum: Share in [0, 1) that the moving statistics keep at a step.
        {epsilon}
        {modulation}

    {modulation_shapes}

    {modulation_raises}

    References:
        Dumoulin et al. 2017, A learned representation for artistic style; de Vries et al. 2017,
        Modulating early visual processing by language.

    Example:
        >>> from labelfeed import LabelSpec
        >>> layer = ConditionalBatchNormalization(LabelSpec.single(3))
        >>> tuple(layer([np.ones((2, 7, 4)), np.array([1, -1])]).shape)
        (2, 7, 4)
    """

    def __init__(
        self,
        spec: LabelSpec | Sequence[LabelSpec],
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        **kwargs: Any,
    ) -> None:
        """Check and store the arguments."""
        super().__init__(spec, **kwargs)
        self.momentum = momentum
        self.epsilon = epsilon
        self.norm = keras.layers.BatchNormalization(
            momentum=momentum, epsilon=epsilon, center=False, scale=False, dtype=self.dtype_policy
        )

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "momentum": self.momentum, "epsilon": self.epsilon}
