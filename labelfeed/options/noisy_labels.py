"""The options of the strategy `noisy-labels`."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

from labelfeed.options.base import OptionError, StrategyOptions

__all__ = ["NOISE_METHODS", "NoisyLabelsOptions"]

NOISE_METHODS = ("auto", "forward", "gce")


@dataclasses.dataclass(frozen=True, kw_only=True)
class NoisyLabelsOptions(StrategyOptions):
    """Options of `noisy-labels`, a target whose labels may be wrong.

    Those of a network are of `plain`.

    Args:
        noise_method: `"auto"`: soft repaired labels where noise is found in the training rows, the
            labels as they are where none is. `"forward"`: one network under the forward-corrected
            loss, with the noise matrix of the training rows; `"gce"`: one network under generalised
            cross entropy, for pictures too.
        plain: The plain model of a table, as of `plain`.
    """

    strategy: ClassVar[str] = "noisy-labels"

    width: int = 128
    depth: int = 2
    dropout: float = 0.2
    epochs: int = 60
    patience: int = 10
    batch_size: int = 64
    learning_rate: float = 1e-3
    weight_decay: float = 0.0
    noise_method: str = "auto"
    plain: str | None = None

    def __post_init__(self) -> None:
        """Check the method."""
        if self.noise_method not in NOISE_METHODS:
            known = ", ".join(map(repr, NOISE_METHODS))
            raise OptionError(f"noise_method must be one of {known}, got {self.noise_method!r}.")
