"""Plain models by name, and what else may stand for them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labelfeed.estimators.any_classifier import ClassifierMember
from labelfeed.estimators.boosting import BoostingMember
from labelfeed.estimators.errors import EstimatorError
from labelfeed.estimators.extra_trees import ExtraTreesMember
from labelfeed.estimators.given import GivenMember
from labelfeed.estimators.light_boosting import LightBoostingMember
from labelfeed.estimators.logistic import LogisticMember
from labelfeed.estimators.member import Member
from labelfeed.estimators.neighbours import NeighbourMember
from labelfeed.types import Plain

__all__ = ["MEMBERS", "plain_members_of"]

MEMBERS = {
    "boosting": BoostingMember,
    "extra-trees": ExtraTreesMember,
    "logistic": LogisticMember,
    "given": GivenMember,
    "lightgbm": LightBoostingMember,
    "neighbours": NeighbourMember,
}
"""Plain models by name."""

_AUTO = ("logistic", "extra-trees", "boosting")


def plain_members_of(plain: Plain) -> list[Member]:
    """Return the plain models that an argument `plain` of `LabelFedClassifier` names.

    Raises:
        EstimatorError: It is none.

    Example:
        >>> [member.name for member in plain_members_of("auto")]
        ['logistic', 'extra-trees', 'boosting']
    """
    if isinstance(plain, str):
        if plain == "auto":
            return [MEMBERS[name]() for name in _AUTO]
        if plain not in MEMBERS:
            raise EstimatorError(
                f"plain must be 'auto', {', '.join(map(repr, MEMBERS))}, a scikit-learn "
                f"classifier or an array of probabilities; got {plain!r}."
            )
        return [MEMBERS[plain]()]
    if isinstance(plain, np.ndarray):
        return [GivenMember(plain)]
    if isinstance(plain, Sequence):
        if not plain:
            raise EstimatorError("plain is an empty list; give at least one plain model.")
        return [member for one in plain for member in plain_members_of(one)]
    if hasattr(plain, "cross_fit"):
        return [plain]
    return [ClassifierMember(plain)]
