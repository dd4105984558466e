"""The options of the strategy `noisy-labels`."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

from labelfeed.options.base import OptionError
from labelfeed.options.plain import PlainOptions

__all__ = ["NOISE_METHODS", "NoisyLabelsOptions"]

NOISE_METHODS = ("auto", "forward", "gce")


@dataclasses.dataclass(frozen=True, kw_only=True)
class NoisyLabelsOptions(PlainOptions):
    """Options of `noisy-labels`, a target whose labels may be wrong: those of `plain`, and one.

    Args:
        noise_method: `"auto"`: soft repaired labels where noise is found in the training rows, the
            labels as they are where none is. `"forward"`: one network under the forward-corrected
            loss, with the noise matrix of the training rows; `"gce"`: one network under generalised
            cross entropy, for pictures too.
    """

    strategy: ClassVar[str] = "noisy-labels"

    noise_method: str = "auto"

    def __post_init__(self) -> None:
        """Check the method."""
        if self.noise_method not in NOISE_METHODS:
            known = ", ".join(map(repr, NOISE_METHODS))
            raise OptionError(f"noise_method must be one of {known}, got {self.noise_method!r}.")
