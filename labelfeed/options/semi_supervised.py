"""The options of the strategy `semi-supervised`."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

from labelfeed.options.base import StrategyOptions

__all__ = ["SemiSupervisedOptions"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class SemiSupervisedOptions(StrategyOptions):
    """Options of `semi-supervised`, few labelled rows among many without a label.

    Those of a network are of `plain`, but for the batch, which holds rows of both kinds.

    Args:
        plain: The plain model of a table, as of `plain`.
    """

    strategy: ClassVar[str] = "semi-supervised"

    width: int = 128
    depth: int = 2
    dropout: float = 0.2
    epochs: int = 60
    patience: int = 10
    batch_size: int = 64
    learning_rate: float = 1e-3
    weight_decay: float = 0.0
    plain: str | None = None
