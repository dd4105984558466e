"""The options of the strategy `side-label`, with the defaults that were benchmarked."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

from labelfeed.options.base import StrategyOptions
from labelfeed.options.members import MemberSettings

__all__ = ["SIDE_LAYERS", "SideLabelOptions"]

SIDE_LAYERS = ("conditional-dense", "low-rank", "ada-ln-zero", "film", "gate", "embedding")


@dataclasses.dataclass(frozen=True, kw_only=True)
class SideLabelOptions(StrategyOptions):
    """Options of `side-label`, labels that are known at inference and are not the target.

    The defaults are those of `python -m benchmarks side`, which stops no run early.

    Args:
        side_layer: Where side labels enter, one of `SIDE_LAYERS` or `"auto"`.
        side_dropout: Probability in [0, 1) that a side label is taken for unknown in training.
        side_corruption: Probability in [0, 1) that it is taken for another class in training.
        side_offset: Whether the Bayes product is added to the logits that read side labels.
        plain: As for `PlainOptions`: what stands under the side labels of a table.
        members: Their settings, as for `PlainOptions`.
    """

    strategy: ClassVar[str] = "side-label"

    width: int = 128
    depth: int = 2
    dropout: float = 0.2
    epochs: int = 60
    patience: int = 10
    batch_size: int = 64
    learning_rate: float = 1e-3
    weight_decay: float = 0.0
    side_layer: str = "auto"
    side_dropout: float = 0.1
    side_corruption: float = 0.1
    side_offset: bool = True
    plain: str | None = None
    members: MemberSettings | None = None

    def blanked(self) -> SideLabelOptions:
        """Return these options: of the rows, each side label becomes one class."""
        return self
