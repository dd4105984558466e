"""Any scikit-learn classifier as a plain model: one a column, or one for all labels."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.utils.validation import has_fit_parameter

from labelfeed.estimators.column_math import base_logits, logits_of
from labelfeed.estimators.errors import EstimatorError
from labelfeed.estimators.member import CrossFitted, over_folds
from labelfeed.labels.columns import LabelColumn
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.types import Classifier

__all__ = ["ClassifierLogits", "ClassifierMember"]

_LEAST = 1e-4  # probabilities of 0 and 1 are as sure as this


@dataclasses.dataclass(frozen=True, eq=False)
class ClassifierLogits:
    """Logits of a fitted classifier for each column.

    Args:
        models: A fitted classifier for each label column; `None` where one state alone was seen.
            A single one that was fitted on all labels stands alone in the tuple.
        spec: What the labels are.
        base: Logits `(places,)` of what no model has seen.
    """

    models: tuple[Any, ...]
    spec: LabelSpec
    base: np.ndarray

    def logits(self, x: np.ndarray) -> np.ndarray:
        """Return logits `(n, places)` of features `(n, d)`."""
        out = np.repeat(self.base[None], len(x), axis=0)
        columns = self.spec.label_columns
        if len(self.models) < len(columns):
            found = self.models[0].predict_proba(x)
            classes = self.models[0].classes_
            for at, column in enumerate(columns):
                if isinstance(found, list):
                    self._put(out, column, np.asarray(classes[at]), found[at])
                else:  # one column a label, the probability of yes
                    self._put(out, column, np.array([1]), found[:, at : at + 1])
            return out
        for model, column in zip(self.models, columns, strict=True):
            if model is not None:
                self._put(out, column, np.asarray(model.classes_), model.predict_proba(x))
        return out

    def _put(
        self, out: np.ndarray, column: LabelColumn, classes: np.ndarray, p: np.ndarray
    ) -> None:
        p = np.asarray(p, np.float64)
        if p.shape != (len(out), len(classes)) or not np.isfinite(p).all():
            raise EstimatorError(
                f"Column {column.name!r}: the classifier gives probabilities of shape {p.shape}, "
                f"({len(out)}, {len(classes)}) finite numbers were expected, one for each of its "
                "classes_."
            )
        full = np.zeros((len(out), len(self.base)))
        if column.of_classes:
            full[:, np.asarray(column.places)[classes]] = p
        elif 1 in classes:
            full[:, column.places[0]] = p[:, list(classes).index(1)]
        own = list(column.places)
        if column.of_classes or len(classes) > 1 or (p.shape[1] == 1 and classes[0] == 1):
            out[:, own] = logits_of(full, self.spec, _LEAST)[:, own]


class ClassifierMember:
    """A scikit-learn classifier of the user's, cloned for each fold and column.

    One that takes all labels at once is fitted once for all, where none is unknown and each has
    both states in the rows at hand; else one a column, for which a `MultiOutputClassifier` or
    `ClassifierChain` lends what it wraps.

    Args:
        estimator: A classifier with `predict_proba`.
        whole: Whether it takes all labels at once; `None`: those two do, others do not.

    Raises:
        EstimatorError: It has no `predict_proba`.

    Example:
        >>> from sklearn.naive_bayes import GaussianNB
        >>> x, y = np.arange(12.0)[:, None], np.repeat([[1], [0]], 6, axis=0)
        >>> member = ClassifierMember(GaussianNB())
        >>> fitted = member.cross_fit(x, y, LabelSpec.multi(1), np.arange(12) % 2)
        >>> fitted.name, bool(fitted.oof[0, 0] > 0 > fitted.oof[11, 0])
        ('GaussianNB', True)
    """

    def __init__(self, estimator: Classifier, whole: bool | None = None) -> None:
        """Check and store the estimator."""
        self.name = type(estimator).__name__
        if not hasattr(estimator, "fit") or not hasattr(estimator, "predict_proba"):
            raise EstimatorError(
                f"{self.name} has no predict_proba, and labels are read by probabilities. Wrap it: "
                "sklearn.calibration.CalibratedClassifierCV(estimator)."
            )
        wraps = isinstance(estimator, (MultiOutputClassifier, ClassifierChain))
        self.estimator, self.whole = estimator, wraps if whole is None else whole
        self.for_one = estimator
        if wraps:  # until scikit-learn 1.7 a chain calls it base_estimator
            self.for_one = getattr(estimator, "estimator", None) or estimator.base_estimator

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
        """Fit clones outside of each fold, and one on all rows."""

        def fit(rows: np.ndarray) -> ClassifierLogits:
            w = None if sample_weight is None else np.asarray(sample_weight)[rows]
            return self._fit(x[rows], y[rows], spec, w)

        return CrossFitted(self.name, over_folds(folds, y.shape[1], fit, x), fit(np.arange(len(x))))

    def _fit(
        self, x: np.ndarray, y: np.ndarray, spec: LabelSpec, w: np.ndarray | None
    ) -> ClassifierLogits:
        base = base_logits(y, spec, w)
        if self.whole and not (y == UNKNOWN).any() and spec.kind == "multi":
            ids = np.stack([c.ids(y) for c in spec.label_columns], axis=1)
            if all(len(np.unique(own)) > 1 for own in ids.T):
                return ClassifierLogits((_fitted(self.estimator, x, ids, w),), spec, base)
        models = []
        for column in spec.label_columns:
            ids = column.ids(y)
            rows = ids != UNKNOWN
            one = len(np.unique(ids[rows])) < 2
            weight = None if w is None else w[rows]
            model = None if one else _fitted(self.for_one, x[rows], ids[rows], weight)
            models.append(model)
        return ClassifierLogits(tuple(models), spec, base)


def _fitted(estimator: Classifier, x: np.ndarray, ids: np.ndarray, w: np.ndarray | None) -> Any:
    model = clone(estimator)
    if w is not None and has_fit_parameter(model, "sample_weight"):
        return model.fit(x, ids, sample_weight=w)
    return model.fit(x, ids)
