"""The options of the strategy `prior-adjusted`."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

from labelfeed.options.base import StrategyOptions

__all__ = ["PriorAdjustedOptions"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class PriorAdjustedOptions(StrategyOptions):
    """Options of `prior-adjusted`, classes or findings of which some are rare.

    Those of a network are of `plain`. Without `deploy_prior` probabilities are those where all
    classes are equally frequent, and each finding is as often there as not.

    Args:
        plain: The plain model of a table, as of `plain`.
    """

    strategy: ClassVar[str] = "prior-adjusted"

    width: int = 128
    depth: int = 2
    dropout: float = 0.2
    epochs: int = 60
    patience: int = 10
    batch_size: int = 64
    learning_rate: float = 1e-3
    weight_decay: float = 0.0
    plain: str | None = None
