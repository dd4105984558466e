"""Which plain models judge labels."""

from __future__ import annotations

import numpy as np

from labelfeed.estimators.boosting import BoostingMember
from labelfeed.estimators.extra_trees import ExtraTreesMember
from labelfeed.estimators.logistic import LogisticMember
from labelfeed.types import Plain

__all__ = ["suiting_plain"]

_BOOSTED = 30_000  # rows x places, above which boosted trees take more time than they bring


def suiting_plain(plain: Plain, y: np.ndarray) -> Plain:
    """Return what `"auto"` stands for: no boosted trees where there are many rows x places."""
    if not (isinstance(plain, str) and plain == "auto"):
        return plain
    members = [LogisticMember(), ExtraTreesMember()]
    return [*members, BoostingMember(seconds=10.0)] if y.size <= _BOOSTED else members
