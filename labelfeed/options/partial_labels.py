"""The options of the strategy `partial-labels`, with the defaults that were benchmarked."""

from __future__ import annotations

import dataclasses
from typing import ClassVar, Literal

from labelfeed.options.base import StrategyOptions
from labelfeed.options.members import MemberSettings
from labelfeed.options.underneath import underneath

__all__ = ["PartialLabelsOptions"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class PartialLabelsOptions(StrategyOptions):
    """Options of `partial-labels`, several label columns, partly known.

    The defaults are those of `python -m benchmarks partial`.

    Args:
        hidden_rate: As for `MaskedOptions`.
        label_dropout: As for `MaskedOptions`.
        plain: As for `PlainOptions`: what stands under the known labels.
        members: Their settings, as for `PlainOptions`.
    """

    strategy: ClassVar[str] = "partial-labels"

    width: int = 128
    depth: int = 1
    dropout: float = 0.3
    epochs: int = 150
    patience: int = 15
    batch_size: int = 64
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2
    hidden_rate: float | Literal["uniform"] = "uniform"
    label_dropout: float = 0.0
    plain: str | None = None
    members: MemberSettings | None = None

    def blanked(self) -> PartialLabelsOptions:
        """Return these options with every label hidden in training, on the same plain model."""
        return dataclasses.replace(self, hidden_rate=1.0, plain=underneath(self))
