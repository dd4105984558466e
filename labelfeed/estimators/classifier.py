"""A classifier in scikit-learn's manner that reads the labels known of a row."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits

from labelfeed.data.folds import whole_groups
from labelfeed.estimators.any_classifier import ClassifierMember
from labelfeed.estimators.blend import Blend
from labelfeed.estimators.boosting import BoostingMember
from labelfeed.estimators.column_math import known_columns, probabilities_of
from labelfeed.estimators.errors import EstimatorError
from labelfeed.estimators.extra_trees import ExtraTreesMember
from labelfeed.estimators.folds import deal_folds
from labelfeed.estimators.given import GivenMember
from labelfeed.estimators.inputs import (
    checked_features,
    checked_weight,
    encoded_known,
    labels_and_spec,
)
from labelfeed.estimators.known_labels import KnownLabels, fit_known_labels
from labelfeed.estimators.label_mixture import LabelMixture
from labelfeed.estimators.light_boosting import LightBoostingMember
from labelfeed.estimators.logistic import LogisticMember
from labelfeed.estimators.member import CrossFitted, Member, grouped
from labelfeed.estimators.neighbours import NeighbourMember
from labelfeed.estimators.paying import blend_of_paying
from labelfeed.estimators.two_threads import in_two_threads
from labelfeed.labels.answers import mean_over_answers
from labelfeed.labels.spec import LabelSpec
from labelfeed.types import ArrayLike, Labels, Plain

__all__ = ["MEMBERS", "LabelFedClassifier"]

MEMBERS = {
    "boosting": BoostingMember,
    "extra-trees": ExtraTreesMember,
    "logistic": LogisticMember,
    "given": GivenMember,
    "lightgbm": LightBoostingMember,
    "neighbours": NeighbourMember,
}
"""Plain models by name."""

_FEW = 4_000_000  # numbers in the features, below which one thread does all
_OWN = ("logistic", "network")  # scikit-learn's threads spoil its warnings in two threads at once
_AUTO = ("logistic", "extra-trees", "boosting")


class LabelFedClassifier(ClassifierMixin, BaseEstimator):
    """Class probabilities from features and from the labels that are known of a row.

    Plain models are cross-fitted and blended; what known labels add is learned on their
    out-of-fold logits, on copies of the rows with part of the labels shown. With nothing known the
    probabilities are those of the plain blend, to the bit. Unknown labels in training are neither
    fed nor scored.

    Args:
        plain: `"auto"` (logistic regression, extra trees and boosted trees, blended), the name of
            one of `MEMBERS`, a scikit-learn classifier, a `Member`, a list of these, or an array of
            out-of-fold probabilities `(n, places)`. With an array or `"given"` the features of new
            rows are their probabilities.
        spec: What the labels are; `None`: yes/no labels for a matrix, classes for a vector.
        folds: Number of folds, at least 2.
        read: Whether to learn what known labels tell.
        seed: Seed of everything drawn.

    Attributes:
        spec_: What the labels are.
        members_: The fitted plain models, `CrossFitted`.
        blend_: Their `Blend`.
        readers_: What known labels tell, a `LabelMixture` or `Readers`; `None` for nothing.
        optional_: What was decided of plain models that stay only where they pay; "" for none.
        seconds_: Seconds that each part took.

    Raises:
        EstimatorError: What was given cannot be used; the message says how to mend it.
        LabelError: A label does not fit the spec.

    References:
        Wolpert 1992, Stacked generalization; van der Laan, Polley and Hubbard 2007, Super learner.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> X, hidden = rng.normal(size=(200, 3)), rng.normal(size=200)
        >>> Y = np.stack([X[:, 0] + hidden > 0, X[:, 1] + hidden > 0], axis=1).astype(int)
        >>> model = LabelFedClassifier(plain="logistic").fit(X, Y)
        >>> p = model.predict_proba(X[:1], known=[[-1, 1]])
        >>> bool(p[0, 0] > model.predict_proba(X[:1])[0, 0])
        True
    """

    def __init__(
        self,
        plain: Plain = "auto",
        spec: LabelSpec | None = None,
        folds: int = 5,
        read: bool = True,
        seed: int = 0,
    ) -> None:
        """Store the arguments; `fit` checks them."""
        self.plain, self.spec, self.folds, self.read, self.seed = plain, spec, folds, read, seed

    def fit(
        self,
        X: ArrayLike,
        Y: Labels,
        groups: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> LabelFedClassifier:
        """Fit members, blend and readers.

        Args:
            X: Numbers `(n, d)`, finite.
            Y: What `spec.encode` takes; -1 where unknown.
            groups: `(n,)`: rows of one group never stand on both sides of a fold.
            sample_weight: `(n,)`, >= 0.
        """
        x = checked_features(X)
        spec, y = labels_and_spec(Y, self.spec)
        weight = checked_weight(sample_weight, len(x))
        if len(x) != len(y):
            raise EstimatorError(f"X has {len(x)} rows and Y has {len(y)}; give as many of both.")
        if not known_columns(y, spec).any():
            raise EstimatorError("Every label is unknown; there is nothing to learn from.")
        if isinstance(self.folds, bool) or not isinstance(self.folds, int) or self.folds < 2:
            raise EstimatorError(f"folds must be a whole number of at least 2, got {self.folds!r}.")
        given = None if groups is None else np.asarray(groups)
        members = _members(self.plain)
        if given is not None:
            members = [grouped(member, whole_groups(given, len(x))) for member in members]
        with _threads(x):
            folds = deal_folds(y, self.folds, groups=given, seed=self.seed)

            def fit(member: Member) -> tuple[CrossFitted, float]:
                start = time.perf_counter()
                with _threads(x):  # OpenMP's limit is that of a thread
                    found = member.cross_fit(
                        x, y, spec, folds, sample_weight=weight, seed=self.seed
                    )
                return found, time.perf_counter() - start

            # Large tables have all threads for each model; a classifier of the user's may draw
            # from NumPy's global generator, where the order counts.
            in_turn = x.size >= _FEW or any(isinstance(m, ClassifierMember) for m in members)
            done = in_two_threads(fit, members, lambda m: not in_turn and m.name not in _OWN)
            fitted = [found for found, _ in done]
            seconds = {m.name: spent for m, (_, spent) in zip(members, done, strict=True)}
            start = time.perf_counter()
            optional = [getattr(m, "optional", False) for m in members]
            fitted, blend, self.optional_ = blend_of_paying(fitted, optional, y, spec, weight)
            plain = blend.logits([m.oof for m in fitted])
            seconds["blend"] = time.perf_counter() - start
            start = time.perf_counter()
            readers = None
            if self.read:
                readers = fit_known_labels(plain, y, spec, folds, weight=weight, seed=self.seed)
            seconds["readers"] = time.perf_counter() - start
        self.spec_, self.folds_, self.seconds_ = spec, folds, seconds
        self.members_: list[CrossFitted] = fitted
        self.blend_: Blend = blend
        self.readers_: KnownLabels | None = readers
        self.n_features_in_ = x.shape[1]
        if spec.kind == "single":
            self.classes_ = np.array([spec.name_of(i) for i in range(spec.num_classes)])
        return self

    def plain_logits(self, X: ArrayLike) -> np.ndarray:
        """Return the calibrated logits `(n, places)` of the blend, with no label known."""
        check_is_fitted(self, "blend_")
        x = checked_features(X)
        if x.shape[1] != self.n_features_in_ and not isinstance(self.plain, np.ndarray):
            raise EstimatorError(
                f"X has {x.shape[1]} features; the model was fitted on {self.n_features_in_}."
            )
        with _threads(x):
            return self.blend_.logits([_final(m).logits(x) for m in self.members_])

    def out_of_fold_logits(self) -> np.ndarray:
        """Return what `plain_logits` says of the rows it was fitted on, by models without them."""
        check_is_fitted(self, "blend_")
        return self.blend_.logits([member.oof for member in self.members_])

    def predict_proba(self, X: ArrayLike, known: Labels | None = None) -> np.ndarray:
        """Return probabilities `(n, places)`: of yes, and of the classes of a column.

        Args:
            X: Numbers `(n, d)`.
            known: The labels known of each row, as `Y`, -1 where unknown; or a dict of labels to
                one value for all rows or one for each, such as `{"fever": 1}`. `None`: nothing. The
                probability of a known label itself is what the model would say if it were unknown.
                Several labels may be soft, `{"fever": 0.7}`: the mean under each answer is
                returned, see `labels.answers.mean_over_answers`.
        """
        logits = self.plain_logits(X)
        states = None if known is None else encoded_known(known, len(logits), self.spec_)

        def told(rows: np.ndarray, ids: np.ndarray) -> np.ndarray:
            z = logits[rows]
            if self.readers_ is not None:
                z = z + self.readers_.delta(z, ids)
            return probabilities_of(z, self.spec_)

        if states is None:
            return probabilities_of(logits, self.spec_)
        if states.dtype.kind == "f":
            return mean_over_answers(told, states, self.spec_)
        return told(np.arange(len(logits)), states)

    def predict(self, X: ArrayLike, known: Labels | None = None) -> np.ndarray:
        """Return the most probable class, or for several labels 0 and 1 `(n, places)`."""
        p = self.predict_proba(X, known)
        if self.spec_.kind == "single":
            return self.classes_[p.argmax(axis=1)]
        out = (p >= 0.5).astype(np.int64)
        for column in self.spec_.label_columns:
            if column.of_classes:
                own = list(column.places)
                out[:, own] = np.arange(len(own)) == p[:, own].argmax(axis=1)[:, None]
        return out

    def summary(self) -> str:
        """Return in one line what was taken, and what blend and known labels brought."""
        check_is_fitted(self, "blend_")
        losses = self.blend_.losses
        names = [m.name for m in self.members_]
        shares = self.blend_.weights.mean(axis=1) / max(
            self.blend_.weights.mean(axis=1).sum(), 1e-9
        )
        taken = ", ".join(f"{n} {s:.0%}" for n, s in zip(names, shares, strict=True))
        said = f"plain: {taken}; out-of-fold log loss {losses[-1]:.3f}"
        if len(names) > 1:
            best = int(np.argmin(losses[:-1]))
            said += f" (best single one: {names[best]} {losses[best]:.3f})"
        if self.optional_:
            said += f"; {self.optional_}"
        if len(self.spec_.label_columns) > 1:
            gain = 0.0 if self.readers_ is None else self.readers_.gain
            how = " (coherent)" if isinstance(self.readers_, LabelMixture) else ""
            saved = f"; known labels save {gain:.3f} a label{how}"
            said += saved if gain else "; known labels: not read"
        return said


def _threads(x: np.ndarray) -> threadpool_limits:
    """Small products and trees take one thread: more cost more than they bring on busy cores."""
    return threadpool_limits(1 if x.size < _FEW else None)


def _final(member: CrossFitted) -> Any:
    if member.final is None:
        raise EstimatorError(f"The plain model {member.name!r} has no model for new rows.")
    return member.final


def _members(plain: Plain) -> list[Member]:
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
        members = [member for one in plain for member in _members(one)]
        return members
    if hasattr(plain, "cross_fit"):
        return [plain]
    return [ClassifierMember(plain)]
