"""Group normalisation whose scale and shift the label sets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers._texts import documented
from labelfeed.layers.conditional_normalization import ConditionalNormalization

__all__ = ["ConditionalGroupNormalization"]


@keras.saving.register_keras_serializable(package="labelfeed")
@documented
class ConditionalGroupNormalization(ConditionalNormalization):
    """Group normalisation by label: `(g + g_y) norm(x) + b + b_y`.

    Every row is normalised over groups of features and all positions.
    {shared_scale_and_shift}

    Args:
        {specs}
        groups: Number of groups, a divisor of d; -1 for one group a feature (instance norm).
        {epsilon}
        {modulation}

    {modulation_shapes}

    {modulation_raises}

    References:
        Wu and He 2018, Group normalization; Dhariwal and Nichol 2021, Diffusion models beat GANs
        on image synthesis (adaptive group normalisation).

    Example:
        >>> from labelfeed import LabelSpec
        >>> layer = ConditionalGroupNormalization(LabelSpec.single(3), groups=2)
        >>> tuple(layer([np.ones((2, 7, 4)), np.array([1, -1])]).shape)
        (2, 7, 4)
    """

    def __init__(
        self,
        spec: LabelSpec | Sequence[LabelSpec],
        groups: int = 32,
        epsilon: float = 1e-3,
        **kwargs: Any,
    ) -> None:
        """Check and store the arguments."""
        super().__init__(spec, **kwargs)
        self.groups = groups
        self.epsilon = epsilon
        self.norm = keras.layers.GroupNormalization(
            groups=groups, epsilon=epsilon, center=False, scale=False, dtype=self.dtype_policy
        )

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "groups": self.groups, "epsilon": self.epsilon}
