"""The options of the strategy `prior-adjusted`."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

from labelfeed.options.plain import PlainOptions

__all__ = ["PriorAdjustedOptions"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class PriorAdjustedOptions(PlainOptions):
    """Options of `prior-adjusted`, classes or findings of which some are rare.

    All are those of `plain`. Without `deploy_prior` probabilities are those where all
    classes are equally frequent, and each finding is as often there as not.
    """

    strategy: ClassVar[str] = "prior-adjusted"
