"""The options of the strategy `margin`, with the defaults that were benchmarked."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

from labelfeed.options.base import OptionError, StrategyOptions

__all__ = ["HEADS", "MarginOptions"]

# Heads with class probabilities that follow from the cosines and the number of classes alone, and
# their classes in `labelfeed.heads`.
HEADS = {
    "arcface": "ArcFace",
    "cosface": "CosFace",
    "combined": "CombinedMargin",
    "curricularface": "CurricularFace",
    "adaface": "AdaFace",
    "subcenter-arcface": "SubCenterArcFace",
    "proxy-anchor": "ProxyAnchor",
    "center-loss": "CenterLoss",
    "normalized-softmax": "NormalizedSoftmax",
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class MarginOptions(StrategyOptions):
    """Options of `margin`, one label, in the loss only: an embedding.

    The defaults are those of `python -m benchmarks open-set`.

    Args:
        head: A name in `HEADS`.
        embedding_dim: Length of the embedding, >= 2.
    """

    strategy: ClassVar[str] = "margin"
    watch: ClassVar[str] = "val_accuracy"

    width: int = 256
    depth: int = 2
    dropout: float = 0.1
    epochs: int = 20
    patience: int = 5
    batch_size: int = 128
    learning_rate: float = 1e-3
    weight_decay: float = 1e-4
    head: str = "arcface"
    embedding_dim: int = 64

    def __post_init__(self) -> None:
        """Check that nothing is asked for that needs probabilities."""
        if self.deploy_prior is not None:
            raise OptionError(
                "--deploy-prior shifts probabilities, and the strategy 'margin' trains an "
                "embedding: leave one out."
            )
