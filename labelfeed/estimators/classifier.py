"""A classifier in scikit-learn's manner that reads the labels known of a row."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from labelfeed.data.folds import whole_groups
from labelfeed.estimators.blend import Blend
from labelfeed.estimators.class_values import classes_of, labels_and_spec, value_ids
from labelfeed.estimators.column_math import known_columns, probabilities_of
from labelfeed.estimators.errors import EstimatorError
from labelfeed.estimators.fitting import cross_fit_members, threads_for
from labelfeed.estimators.folds import deal_folds
from labelfeed.estimators.inputs import (
    checked_features,
    checked_weight,
    encoded_known,
    encoded_labels,
)
from labelfeed.estimators.member import CrossFitted, grouped
from labelfeed.estimators.named_members import plain_members_of
from labelfeed.estimators.predicted import likeliest, share_right
from labelfeed.estimators.readers import Readers, fit_readers
from labelfeed.estimators.side_values import (
    SIDE_CORRUPTION,
    SIDE_DROPOUT,
    side_ids,
    side_specs_of,
)
from labelfeed.estimators.sides import SideBlend, fit_side_blend, noised, side_member
from labelfeed.labels.answers import mean_over_answers
from labelfeed.labels.spec import LabelSpec
from labelfeed.types import ArrayLike, Labels, MissingLabel, Plain, SideValues

__all__ = ["LabelFedClassifier"]


class LabelFedClassifier(ClassifierMixin, BaseEstimator):
    """Class probabilities from features and from the labels that are known of a row.

    Plain models are cross-fitted and blended; what known labels add is learned on their
    out-of-fold logits, on copies of the rows with part of the labels shown. With nothing known the
    probabilities are those of the plain blend, to the bit. Unknown labels in training are neither
    fed nor scored.

    Args:
        plain: `"auto"` (logistic regression, extra trees and boosted trees, blended), a name
            (`named_members.MEMBERS`), a scikit-learn classifier, a `Member`, a list of these, or an
            array of out-of-fold probabilities `(n, places)`. With an array or `"given"` the
            features of new rows are their probabilities.
        spec: What the labels are; `None`: yes/no labels for a matrix, classes for a vector, which
            may be of any type and come back as they are.
        folds: Number of folds, at least 2.
        read: Whether to learn what known labels tell.
        seed: Seed of everything drawn.
        missing_label: What stands for an unknown class in a vector, beside NaN and `None`; -1 is a
            class there unless this says otherwise. In yes/no labels -1 is unknown.

    Attributes:
        classes_: The classes; of several labels a list, one array for each.
        spec_: What the labels are.
        members_: The fitted plain models, `CrossFitted`.
        blend_: Their `Blend`.
        readers_: The `Readers`, or `None` where known labels tell nothing.
        side_specs_: What the side labels are; none: ().
        side_blend_: What reads side labels, a `SideBlend`, or `None`.
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
        missing_label: MissingLabel = np.nan,
    ) -> None:
        """Store the arguments; `fit` checks them."""
        self.plain, self.spec, self.folds, self.read, self.seed = plain, spec, folds, read, seed
        self.missing_label = missing_label

    def fit(
        self,
        X: ArrayLike,
        y: Labels,
        groups: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
        sides: SideValues | None = None,
    ) -> LabelFedClassifier:
        """Fit members, blend, and what reads labels.

        Args:
            X: Numbers `(n, d)`, finite; an array or a table, nullable types too.
            y: Classes `(n,)`, or yes/no labels `(n, labels)`; with a `spec` what it encodes.
            groups: `(n,)`: rows of one group never stand on both sides of a fold.
            sample_weight: `(n,)`, >= 0.
            sides: Side labels, known at prediction too: by name a value for each row, or a table.
                Then these are read, and known labels are not.
        """
        x = checked_features(X, self, fitted=False)
        spec, states, classes = labels_and_spec(y, self.spec, self.missing_label)
        weight = checked_weight(sample_weight, len(x))
        if len(x) != len(states):
            raise EstimatorError(
                f"X has {len(x)} rows and y has {len(states)}; give as many of both."
            )
        if not known_columns(states, spec).any():
            raise EstimatorError("Every label is unknown; there is nothing to learn from.")
        if isinstance(self.folds, bool) or not isinstance(self.folds, int) or self.folds < 2:
            raise EstimatorError(f"folds must be a whole number of at least 2, got {self.folds!r}.")
        self.side_specs_ = () if sides is None else side_specs_of(sides)
        ids = side_ids(sides, self.side_specs_, len(x))
        given = None if groups is None else np.asarray(groups)
        members = plain_members_of(self.plain)
        if given is not None:
            members = [grouped(member, whole_groups(given, len(x))) for member in members]
        with threads_for(x):
            folds = deal_folds(states, self.folds, groups=given, seed=self.seed)
            found = cross_fit_members(
                members, x, states, spec, folds, weight=weight, seed=self.seed
            )
            plain = found.blend.logits([m.oof for m in found.members])
            start = time.perf_counter()
            readers = side_blend = None
            if self.side_specs_:
                side_blend = fit_side_blend(
                    plain,
                    x,
                    states,
                    noised(ids, self.side_specs_, SIDE_DROPOUT, SIDE_CORRUPTION, self.seed),
                    spec,
                    self.side_specs_,
                    folds,
                    [side_member(m, x.shape[1], self.side_specs_) for m in members],
                    weight=weight,
                    seed=self.seed,
                )
            elif self.read:
                readers = fit_readers(plain, states, spec, folds, weight=weight, seed=self.seed)
            found.seconds["readers"] = time.perf_counter() - start
        self.spec_, self.folds_, self.seconds_ = spec, folds, found.seconds
        self.members_: list[CrossFitted] = found.members
        self.blend_: Blend = found.blend
        self.optional_ = found.optional
        self.readers_: Readers | None = readers
        self.side_blend_: SideBlend | None = side_blend
        self.classes_ = classes_of(spec, classes)
        return self

    def plain_logits(self, X: ArrayLike) -> np.ndarray:
        """Return the calibrated logits `(n, places)` of the blend, with no label known."""
        return self._plain(self._features(X))

    def out_of_fold_logits(self) -> np.ndarray:
        """Return what `plain_logits` says of the rows it was fitted on, by models without them."""
        check_is_fitted(self, "blend_")
        return self.blend_.logits([member.oof for member in self.members_])

    def predict_proba(
        self, X: ArrayLike, known: Labels | None = None, sides: SideValues | None = None
    ) -> np.ndarray:
        """Return probabilities: of classes `(n, classes)`, or of yes for each label `(n, labels)`.

        Columns are those of `classes_`. With a spec of columns, some of classes, they are its
        places, each class of a column one after the other.

        Args:
            X: Numbers `(n, d)`.
            known: The labels known of each row, as `y`, -1 where unknown; or a dict of labels to
                one value for all rows or one for each, such as `{"fever": 1}`. `None`: nothing. The
                probability of a known label itself is what the model would say if it were unknown.
                Several labels may be soft, `{"fever": 0.7}`: the mean under each answer is
                returned, see `labels.answers.mean_over_answers`.
            sides: Side labels, as for `fit`; a value for all rows is enough. What is left out is
                unknown; with nothing known the plain blend predicts.
        """
        x = self._features(X)
        if sides is not None and not self.side_specs_:
            raise EstimatorError("No side labels were given to fit; leave out sides.")
        if known is not None and self.side_specs_:
            raise EstimatorError("Fitted with side labels, this model reads no known labels.")
        logits = self._plain(x)
        if self.side_blend_ is not None:
            logits = self.side_blend_.logits(logits, x, side_ids(sides, self.side_specs_, len(x)))
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

    def predict(
        self, X: ArrayLike, known: Labels | None = None, sides: SideValues | None = None
    ) -> np.ndarray:
        """Return the most probable class, or for several labels 0 and 1 `(n, places)`."""
        p = self.predict_proba(X, known, sides)
        if self.spec_.kind == "single":
            return self.classes_[p.argmax(axis=1)]
        return likeliest(p, self.spec_)

    def score(
        self,
        X: ArrayLike,
        y: Labels,
        sample_weight: ArrayLike | None = None,
        known: Labels | None = None,
        sides: SideValues | None = None,
    ) -> float:
        """Return the share of rows whose labels are all predicted right, unknown ones aside.

        Rows without a label do not count. Of several labels those count that are not in `known`.
        """
        p = self.predict_proba(X, known, sides)
        if self.spec is None and self.spec_.kind == "single":
            ids = value_ids(y, self.classes_, self.missing_label)
            states = self.spec_.label_columns[0].labels(ids)
        else:
            states = encoded_labels(y, self.spec_)
        if len(states) != len(p):
            raise EstimatorError(f"X has {len(p)} rows and y has {len(states)}.")
        shown = None if known is None else encoded_known(known, len(p), self.spec_)
        weight = checked_weight(sample_weight, len(p))
        return share_right(likeliest(p, self.spec_), states, self.spec_, shown, weight)

    def __sklearn_tags__(self) -> Tags:
        """Return what scikit-learn may expect: dense finite numbers, one label or several."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        tags.target_tags.multi_output = True
        return tags

    def _features(self, X: ArrayLike) -> np.ndarray:
        check_is_fitted(self, "blend_")
        # Given probabilities stand for other features: there are as many as the model has places.
        own = self if not isinstance(self.plain, np.ndarray) else BaseEstimator()
        return checked_features(X, own, fitted=own is self)

    def _plain(self, x: np.ndarray) -> np.ndarray:
        with threads_for(x):
            return self.blend_.logits([_final(m).logits(x) for m in self.members_])

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
            said += (
                f"; known labels save {gain:.3f} a label" if gain else "; known labels: not read"
            )
        return said


def _final(member: CrossFitted) -> Any:
    if member.final is None:
        raise EstimatorError(f"The plain model {member.name!r} has no model for new rows.")
    return member.final
