"""The options of the strategy `generate`."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

from labelfeed.options.base import StrategyOptions

__all__ = ["GenerateOptions"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class GenerateOptions(StrategyOptions):
    """Options of `generate`, rows or pictures made anew for the labels that are asked for.

    The defaults are those of tables; a network of pictures is `image_network` as it is unless width
    or depth is given. `epochs` and `batch_size` of 0: as many as suit the number of rows.

    Args:
        label_dropout: Probability in [0, 1) that a row shows no label at a step of training, so
            that there is an unconditional model, which guidance needs.
    """

    strategy: ClassVar[str] = "generate"

    width: int = 256
    depth: int = 4
    dropout: float = 0.0
    epochs: int = 0
    patience: int = 10
    batch_size: int = 0
    learning_rate: float = 2e-3
    weight_decay: float = 1e-4
    label_dropout: float = 0.1

    def size(self, pictures: bool) -> dict[str, int]:
        """Return width and depth of the network where they are to be given to it."""
        usual = {"width": type(self).width, "depth": type(self).depth}
        asked = {"width": self.width, "depth": self.depth}
        return {k: v for k, v in asked.items() if not pictures or v != usual[k]}
