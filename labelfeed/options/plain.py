"""The options of the strategy `plain`, with the defaults that were benchmarked."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

from labelfeed.options.base import StrategyOptions
from labelfeed.options.members import MemberSettings

__all__ = ["PlainOptions"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class PlainOptions(StrategyOptions):
    """Options of `plain`, no label input.

    Those of a network are of the plain network of `python -m benchmarks side`.

    Args:
        plain: The plain model of a table: `"auto"` (logistic regression, extra trees, boosted trees
            and a network, cross-fitted and blended), the name of one of these or `"lightgbm"`, or
            `"module:function"`, which returns a classifier of scikit-learn. `None`: `"auto"`, and
            `"network"` where an option says how one network is trained.
        members: Settings of these, `{"boosting": {"leaves": 16}}`, as `MEMBER_SETTINGS` has them.
    """

    strategy: ClassVar[str] = "plain"

    width: int = 128
    depth: int = 2
    dropout: float = 0.2
    epochs: int = 60
    patience: int = 10
    batch_size: int = 64
    learning_rate: float = 1e-3
    weight_decay: float = 0.0
    plain: str | None = None
    members: MemberSettings | None = None
