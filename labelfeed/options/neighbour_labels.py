"""The options of the strategy `neighbour-labels`."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

from labelfeed.options.base import StrategyOptions
from labelfeed.options.members import MemberSettings

__all__ = ["NeighbourLabelsOptions"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class NeighbourLabelsOptions(StrategyOptions):
    """Options of `neighbour-labels`, which reads the labels of the nearest training rows.

    Those of a network were chosen on the letters of `python -m benchmarks plain`.

    Args:
        plain: The plain models of a table that neighbours stand beside, as of `plain`.
        members: Their settings, as for `PlainOptions`.
    """

    strategy: ClassVar[str] = "neighbour-labels"

    width: int = 128
    depth: int = 2
    dropout: float = 0.2
    epochs: int = 60
    patience: int = 10
    batch_size: int = 64
    learning_rate: float = 5e-3
    weight_decay: float = 0.05
    plain: str | None = None
    members: MemberSettings | None = None
