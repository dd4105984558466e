"""The options of the strategy `masked`, with the defaults that were benchmarked."""

from __future__ import annotations

import dataclasses
from typing import ClassVar, Literal, get_args

from labelfeed.options.base import StrategyOptions

__all__ = ["CONDITIONINGS", "Conditioning", "MaskedOptions"]

Conditioning = Literal["embedding", "conditional-dense", "branch"]
CONDITIONINGS: tuple[Conditioning, ...] = get_args(Conditioning)


@dataclasses.dataclass(frozen=True, kw_only=True)
class MaskedOptions(StrategyOptions):
    """Options of `masked`, the labels themselves, of which training hides a part.

    The defaults are those of the label embedding of `python -m benchmarks partial-images`.

    Args:
        network: `"module:function"` of a user's network; `None` for the default.
        conditioning: Where the label enters the default network, one of `CONDITIONINGS`.
        label_width: Length of the label's vector, >= 1; of the conditioning `"embedding"`.
        hidden_rate: Probability in [0, 1] that a label is hidden in training, or `"uniform"` to
            draw it per row. `None` takes `"uniform"` for multi and 0.5 for single labels.
        label_dropout: Probability in [0, 1) that a layer takes a shown label for unknown.
    """

    strategy: ClassVar[str] = "masked"

    width: int = 64
    depth: int = 1
    dropout: float = 0.1
    epochs: int = 40
    patience: int = 5
    batch_size: int = 64
    learning_rate: float = 1e-3
    weight_decay: float = 1e-4
    network: str | None = None
    conditioning: Conditioning = "embedding"
    label_width: int = 32
    hidden_rate: float | Literal["uniform"] | None = None
    label_dropout: float = 0.0

    def blanked(self) -> MaskedOptions:
        """Return these options with every label hidden in training."""
        return dataclasses.replace(self, hidden_rate=1.0)
