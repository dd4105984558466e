"""A plain model of any kind under the labels, cross-fitted: what tables are trained with."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable

import numpy as np

from labelfeed.data.dataset import Dataset
from labelfeed.estimators import LabelFedClassifier
from labelfeed.estimators.any_classifier import ClassifierMember
from labelfeed.estimators.classifier import MEMBERS as ESTIMATORS
from labelfeed.estimators.member import CrossFitted, Member
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.assembled import assembled
from labelfeed.models.from_estimators import known_estimator
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.options import StrategyOptions
from labelfeed.options.underneath import BLENDED, underneath
from labelfeed.strategies.network_member import NetworkMember
from labelfeed.strategies.networks import NetworkError
from labelfeed.strategies.own_code import import_module

__all__ = ["Blended", "fit_blended", "plain_models"]


@dataclasses.dataclass(frozen=True)
class Blended:
    """A model trained by `fit_blended`.

    Args:
        model: The whole of it as one Keras model, compiled.
        said: What was taken and what it brought, in one line.
        seconds: Seconds that each part took.
    """

    model: LabelFedModel
    said: str
    seconds: dict[str, float]


def plain_models(options: StrategyOptions, rows: Dataset) -> list[str]:
    """Return the names of the plain models that are cross-fitted; `[]`: one network is trained.

    One network is trained for images without a backbone, for soft targets, and where each label of
    a row has a weight of its own.

    Args:
        options: Of the strategy.
        rows: The rows.

    Raises:
        NetworkError: A plain model is asked for that cannot learn from these rows.
        OptionError: There is no such plain model.
    """
    asked = underneath(options)
    if asked in (None, "network"):
        return []
    reason = _needs_a_network(rows, options.backbone is not None)
    if reason is None:
        return list(BLENDED) if asked == "auto" else [str(asked)]
    if asked != "auto":
        raise NetworkError(f"--plain {asked} cannot learn from {reason}: take --plain network.")
    return []


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

    Args:
        x: Preprocessed features `(n, d)`, finite.
        rows: What they were made from.
        options: Of the strategy; `plain_models` of them is not empty.
        groups: `(n,)`: rows of one group never stand on both sides of a fold.
        on_member: Called after each plain model with its number from 1, its name and its seconds.

    Raises:
        EstimatorError: The rows cannot be learned from.
        NetworkError: The user's function returns what cannot be used.
    """
    members = [_made(name) for name in plain_models(options, rows)]
    told = [_Told(m, number, on_member) for number, m in enumerate(members, 1)]
    classifier = LabelFedClassifier(told, rows.spec, seed=options.seed)
    classifier.fit(x, rows.labels, groups=groups, sample_weight=rows.weights)
    seconds = {name: round(value, 2) for name, value in classifier.seconds_.items()}
    return Blended(assembled(classifier), classifier.summary(), seconds)


def _made(name: str) -> Member:
    """Return the member of a name, or the classifier that the user's function returns."""
    if name == "network":
        return NetworkMember()
    if name in ESTIMATORS:
        return ESTIMATORS[name]()
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


@dataclasses.dataclass(frozen=True)
class _Told:
    """A member that says when it is fitted."""

    member: Member
    number: int
    tell: Callable[[int, str, float], None] | None

    @property
    def name(self) -> str:
        return self.member.name

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
        found = self.member.cross_fit(x, y, spec, folds, sample_weight=sample_weight, seed=seed)
        if self.tell is not None:
            self.tell(self.number, self.name, time.perf_counter() - start)
        return found
