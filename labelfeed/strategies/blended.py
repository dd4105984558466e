"""A plain model of any kind under the labels, cross-fitted: what tables are trained with."""

from __future__ import annotations

import dataclasses
import itertools
import threading
import time
from collections.abc import Callable, Sequence

import numpy as np

from labelfeed.data.dataset import Dataset
from labelfeed.estimators import LabelFedClassifier
from labelfeed.estimators.kept_fits import cross_fitted
from labelfeed.estimators.member import CrossFitted, Member, grouped
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.assembled import assembled
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.options import NeighbourLabelsOptions, StrategyOptions
from labelfeed.options.members import member_settings
from labelfeed.options.underneath import BLENDED, underneath
from labelfeed.strategies.networks import NetworkError
from labelfeed.strategies.plain_members import members_of

__all__ = ["Blended", "fit_blended", "member_losses", "plain_models", "telling"]


@dataclasses.dataclass(frozen=True)
class Blended:
    """A model trained by `fit_blended`.

    Args:
        model: The whole of it as one Keras model, compiled.
        said: What was taken and what it brought, in one line.
        seconds: Seconds that each part took.
        members: Plain models that were fitted.
        losses: Out-of-fold log loss of each plain model, and of the `"blend"`; nats a label.
    """

    model: LabelFedModel
    said: str
    seconds: dict[str, float]
    members: int
    losses: dict[str, float] = dataclasses.field(default_factory=dict)


def plain_models(options: StrategyOptions, rows: Dataset) -> list[str]:
    """Return the names of the plain models that are cross-fitted; `[]`: one network is trained.

    One network is trained for images without a backbone, for soft targets, and where each label of
    a row has a weight of its own.

    Args:
        options: Of the strategy.
        rows: The rows.

    Raises:
        NetworkError: A plain model is asked for that cannot learn from these rows.
        OptionError: There is no such plain model, or settings are of one that is not fitted.
    """
    asked = underneath(options)
    reason = _needs_a_network(rows, options.backbone is not None)
    names: list[str] = []
    if asked not in (None, "network"):
        if reason is None:
            more = ["neighbours"] if isinstance(options, NeighbourLabelsOptions) else []
            names = [*(BLENDED if asked == "auto" else [str(asked)]), *more]
        elif asked != "auto":
            raise NetworkError(f"--plain {asked} cannot learn from {reason}: take --plain network.")
    member_settings(options, names)
    return names


def _needs_a_network(rows: Dataset, vectors: bool) -> str | None:
    if np.ndim(rows.features) > 2 and not vectors:
        return "pictures"
    if rows.soft is not None:
        return "soft targets (--uncertain soft=P)"
    if rows.weights is not None and rows.weights.ndim > 1:
        return "weights of single labels (--weight LABEL=COL)"
    return None


def fit_blended(
    x: np.ndarray,
    rows: Dataset,
    options: StrategyOptions,
    *,
    groups: np.ndarray | None = None,
    on_member: Callable[[int, str, float], None] | None = None,
) -> Blended:
    """Cross-fit plain models, blend them, learn what known labels add; all as one Keras model.

    Strategy `plain` reads no label, so that it is what others are compared with.

    Args:
        x: Preprocessed features `(n, d)`, finite.
        rows: What they were made from.
        options: Of the strategy; `plain_models` of them is not empty.
        groups: `(n,)`: rows of one group never stand on both sides of a fold.
        on_member: Called after each plain model with how many are fitted, its name and its
            seconds.

    Raises:
        EstimatorError: The rows cannot be learned from.
        NetworkError: The user's function returns what cannot be used.
    """
    members = members_of(options, plain_models(options, rows))
    told = telling(members, on_member)
    # With a hidden rate of 1 no training row shows a label.
    read = options.strategy != "plain" and getattr(options, "hidden_rate", None) != 1.0
    classifier = LabelFedClassifier(told, rows.spec, read=read, seed=options.seed)
    classifier.fit(x, rows.labels, groups=groups, sample_weight=rows.weights)
    seconds = {name: round(value, 2) for name, value in classifier.seconds_.items()}
    said = classifier.summary()
    if any(member.name == "neighbours" for member in classifier.members_):
        said += "; the run holds labels and keys of the training rows"
    return Blended(assembled(classifier), said, seconds, len(members), member_losses(classifier))


def member_losses(classifier: LabelFedClassifier) -> dict[str, float]:
    """Return the out-of-fold log loss of each plain model that stayed, and of the `"blend"`.

    Args:
        classifier: Fitted.
    """
    names = [*(member.name for member in classifier.members_), "blend"]
    return {name: float(v) for name, v in zip(names, classifier.blend_.losses, strict=True)}


def telling(
    members: Sequence[Member],
    on_member: Callable[[int, str, float], None] | None,
    before: int = 0,
) -> list[Member]:
    """Return members that say when they are fitted, in whatever order and thread that happens.

    Args:
        members: The members.
        on_member: Called with how many are fitted, the name and the seconds.
        before: How many were fitted before these.
    """
    fitted, one_by_one = itertools.count(before + 1), threading.Lock()

    def tell(name: str, seconds: float) -> None:
        with one_by_one:
            if on_member is not None:
                on_member(next(fitted), name, seconds)

    return [_Told(member, tell) for member in members]


@dataclasses.dataclass(frozen=True)
class _Told:
    """A member that says when it is fitted."""

    member: Member
    tell: Callable[[str, float], None]
    keeps_fits = True  # of the member inside: those that were done before are told of too

    @property
    def name(self) -> str:
        """Name of the member."""
        return self.member.name

    @property
    def optional(self) -> bool:
        """Whether it stays in a blend only where it pays."""
        return getattr(self.member, "optional", False)

    def grouped(self, groups: np.ndarray) -> _Told:
        """Return the member that knows which rows belong together."""
        return _Told(grouped(self.member, groups), self.tell)

    def cross_fit(
        self,
        x: np.ndarray,
        y: np.ndarray,
        spec: LabelSpec,
        folds: np.ndarray,
        *,
        sample_weight: np.ndarray | None = None,
        seed: int = 0,
    ) -> CrossFitted:
        start = time.perf_counter()
        found = cross_fitted(self.member, x, y, spec, folds, sample_weight=sample_weight, seed=seed)
        self.tell(self.name, time.perf_counter() - start)
        return found
