"""The plain models that a name, a classifier or a list of both stands for, a network among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from labelfeed.estimators.any_classifier import ClassifierMember
from labelfeed.estimators.errors import EstimatorError
from labelfeed.estimators.member import Member
from labelfeed.estimators.named_members import MEMBERS
from labelfeed.models.from_estimators import known_estimator
from labelfeed.options import StrategyOptions
from labelfeed.options.underneath import BLENDED
from labelfeed.strategies.network_member import NetworkMember
from labelfeed.strategies.networks import NetworkError
from labelfeed.strategies.own_code import import_module
from labelfeed.types import Plain

__all__ = ["members_of", "named_member", "plain_members"]


def plain_members(plain: Plain) -> Plain:
    """Return what `LabelFedClassifier` takes for `plain`, where names may mean a network too.

    Args:
        plain: `"auto"` (all that `labelfeed train` blends), one of `BLENDED`, `"given"`,
            `"MODULE:FUNCTION"`, a classifier of scikit-learn, a `Member`, an array of out-of-fold
            probabilities, or a list of names, classifiers and members.

    Raises:
        EstimatorError: There is no such plain model, the list is empty, probabilities stand beside
            others in it, or a classifier has no `predict_proba`.

    Example:
        >>> [member.name for member in plain_members(["logistic", "network"])]
        ['logistic', 'network']
    """
    if isinstance(plain, str):
        if plain == "auto":
            return [named_member(name) for name in BLENDED]
        if plain not in (*BLENDED, *MEMBERS) and ":" not in plain:
            known = ", ".join(map(repr, ("auto", *BLENDED, "given")))
            raise EstimatorError(
                f"plain must be {known}, 'MODULE:FUNCTION', a scikit-learn classifier, a list of "
                f"these or an array of out-of-fold probabilities; got {plain!r}."
            )
        return named_member(plain)
    if isinstance(plain, np.ndarray) or hasattr(plain, "cross_fit"):
        return plain
    if not isinstance(plain, (list, tuple)):
        return ClassifierMember(plain)
    if not plain:
        raise EstimatorError("plain is an empty list; give at least one plain model.")
    members: list[Any] = []
    for one in plain:
        found = plain_members(one)
        members.extend(found if isinstance(found, list) else [found])
    given = any(isinstance(m, np.ndarray) or getattr(m, "name", None) == "given" for m in members)
    if given and len(members) > 1:
        raise EstimatorError(
            "Given probabilities stand alone: new rows bring theirs in the place of features, "
            "which other plain models would need. Leave one of them out."
        )
    return members[0] if len(members) == 1 else members


def members_of(options: StrategyOptions, names: Sequence[str]) -> list[Member]:
    """Return the members of some names with the settings that options have for them.

    Args:
        options: Of a strategy.
        names: As for `named_member`.
    """
    settings: Mapping[str, Mapping[str, Any]] = getattr(options, "members", None) or {}
    return [named_member(name, settings.get(name)) for name in names]


def named_member(name: str, settings: Mapping[str, Any] | None = None) -> Member:
    """Return the member of a name, or the classifier that the user's function returns.

    Args:
        name: One of `BLENDED`, `"given"`, or `"MODULE:FUNCTION"`.
        settings: Arguments of the member, see `labelfeed.options.MEMBER_SETTINGS`.

    Raises:
        NetworkError: The function fails, or returns what cannot be saved.
    """
    if name == "network":
        return NetworkMember(**(settings or {}))
    if name in MEMBERS:
        return MEMBERS[name](**(settings or {}))
    try:
        made = getattr(import_module(name), name.partition(":")[2])()
    except Exception as error:  # what the user's code happens to raise
        raise NetworkError(f"--plain {name}: {type(error).__name__}: {error}") from error
    if not known_estimator(made):
        raise NetworkError(
            f"--plain {name} returned {type(made).__name__}, which cannot be saved without a "
            "pickle. Return an unfitted classifier of scikit-learn made of trees, linear models, "
            "MLPClassifier or pipelines of these; from Python, LabelFedClassifier takes any."
        )
    return ClassifierMember(made)
