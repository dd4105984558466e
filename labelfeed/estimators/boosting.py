"""Boosted trees, one ensemble a column, as a plain model; iterations chosen on the folds."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from labelfeed.estimators.column_math import base_logits
from labelfeed.estimators.member import CrossFitted
from labelfeed.estimators.responses import put_scores
from labelfeed.estimators.stages import best_stages, fewer_steps, stage_losses
from labelfeed.labels.columns import LabelColumn
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec

__all__ = ["BoostedColumn", "BoostedLogits", "BoostingMember"]

_SIZES = ((10, 10, 1.0), (4, 40, 0.7))  # leaves, rows in a leaf, times the learning rate
_ASKED = 2  # folds that choose among them
_EVERY = 5  # iterations between two that may be the last
_TREE, _CELL = 5e-4, 5e-9  # seconds that a tree takes, and a number in the table for each tree


@dataclasses.dataclass(frozen=True, eq=False)
class BoostedColumn:
    """Boosted trees of one label column.

    Args:
        column: The label column.
        features: Which features the model takes, int `(k,)`.
        model: The fitted `HistGradientBoostingClassifier`; `None` where only one state was seen.
    """

    column: LabelColumn
    features: np.ndarray
    model: Any  # scikit-learn's classes are not typed


@dataclasses.dataclass(frozen=True, eq=False)
class BoostedLogits:
    """Raw scores of each column's trees, and base rates where there are none.

    Args:
        columns: A `BoostedColumn` for each label column.
        base: Logits `(places,)` of states that no model has.
    """

    columns: tuple[BoostedColumn, ...]
    base: np.ndarray

    def logits(self, x: np.ndarray) -> np.ndarray:
        """Return logits `(n, places)` of features `(n, d)`, read as float32."""
        x = np.asarray(x, np.float32)
        out = np.repeat(self.base[None], len(x), axis=0)
        for part in self.columns:
            if part.model is not None:
                raw = part.model.decision_function(x[:, part.features])
                put_scores(out, part.column, part.model.classes_, raw)
        return out


class BoostingMember:
    """Gradient-boosted trees by histograms, for each label column by itself.

    Args:
        iterations: Most iterations; how many is chosen by out-of-fold log loss for each column.
            `None`: a twentieth of the rows, between 80 and 200.
        learning_rate: Step of an iteration, in (0, 1].
        leaves: Leaves of a tree, at least 2. `None`: 10, or 4 with more rows in each and smaller
            steps where two folds lose less by that (features that tell little).
        min_leaf: Rows in a leaf, at least 1; counts where `leaves` is given.
        l2: Penalty of a leaf's value, >= 0.
        features: Share of the features that a split may take, in (0, 1]. `None`: 0.3, of ten
            features or fewer all.
        most_features: Of a wider table each column takes those that correlate most with it.
        seconds: Budget, estimated by counting trees and cells: beyond it fewer and larger steps.

    References:
        Friedman 2001, Greedy function approximation: a gradient boosting machine; Ke et al. 2017,
        LightGBM.

    Example:
        >>> x, y = np.arange(80.0)[:, None], np.repeat([[1], [0]], 40, axis=0)
        >>> member = BoostingMember(iterations=10)
        >>> fitted = member.cross_fit(x, y, LabelSpec.multi(1), np.arange(80) % 2)
        >>> fitted.oof[[0, 79]].ravel() > 0
        array([ True, False])
    """

    name = "boosting"

    def __init__(
        self,
        iterations: int | None = None,
        learning_rate: float = 0.1,
        leaves: int | None = None,
        min_leaf: int = 10,
        l2: float = 1.0,
        features: float | None = None,
        most_features: int = 128,
        seconds: float = 30.0,
    ) -> None:
        """Store the arguments."""
        self.iterations, self.learning_rate = iterations, learning_rate
        self.leaves, self.min_leaf = leaves, min_leaf
        self.l2, self.features = l2, features
        self.most_features, self.seconds = most_features, seconds

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
        """Fit outside of each fold, choose size and number of trees there, and fit on all rows."""
        x = np.asarray(x, np.float32)
        w = np.ones(len(x)) if sample_weight is None else np.asarray(sample_weight, np.float64)
        most, rate = self._steps(x, y, folds)
        base = base_logits(y, spec, w)
        numbers = np.unique(folds)
        asked = numbers[:_ASKED]
        sizes = _SIZES if self.leaves is None else ((self.leaves, self.min_leaf, 1.0),)
        some = np.isin(folds, asked)
        tried = []
        for leaves, min_leaf, slower in sizes:
            trees = _Trees(
                most, rate * slower, leaves, min_leaf, self.l2, self.features,
                self.most_features, seed,
            )  # fmt: skip
            tried.append((trees, trees.staged(x, y, spec, w, folds, asked, base)))
        losses = [stage_losses(staged[:, some], y[some], spec, w[some]) for _, staged in tried]
        found = int(np.argmin([loss.min(axis=0).sum() for loss in losses]))
        trees, staged = tried[found]
        if len(numbers) > len(asked):
            rest = trees.staged(x, y, spec, w, folds, numbers[len(asked) :], base)
            staged[:, ~some] = rest[:, ~some]
        oof, iterations = best_stages(staged, y, spec, w, _EVERY)
        every = np.ones(len(x), bool)
        columns = [
            dataclasses.replace(trees, iterations=best).fit(x, column.ids(y), w, column, every)
            for column, best in zip(spec.label_columns, iterations, strict=True)
        ]
        note = f"at most {most} iterations, {trees.leaves} leaves"
        return CrossFitted(self.name, oof, BoostedLogits(tuple(columns), base), note)

    def _steps(self, x: np.ndarray, y: np.ndarray, folds: np.ndarray) -> tuple[int, float]:
        """Return iterations and learning rate that keep the budget."""
        wanted = self.iterations or int(np.clip(len(x) // 20, 80, 200))
        wide = min(x.shape[1], self.most_features)
        trees = (len(np.unique(folds)) + 1) * y.shape[1] * wanted
        over = trees * (_TREE + _CELL * len(x) * wide) / self.seconds
        return fewer_steps(wanted, self.learning_rate, over, _EVERY)


@dataclasses.dataclass(frozen=True)
class _Trees:
    """How trees of one size are fitted."""

    iterations: int
    rate: float
    leaves: int
    min_leaf: int
    l2: float
    share: float | None
    most_features: int
    seed: int

    def staged(
        self,
        x: np.ndarray,
        y: np.ndarray,
        spec: LabelSpec,
        w: np.ndarray,
        folds: np.ndarray,
        asked: np.ndarray,
        base: np.ndarray,
    ) -> np.ndarray:
        """Return logits `(stages, n, places)` of the folds asked; `base` elsewhere."""
        steps = self.iterations // _EVERY
        out = np.repeat(base[None, None].astype(np.float32), steps, axis=0).repeat(len(x), axis=1)
        for column in spec.label_columns:
            ids, own = column.ids(y), list(column.places)
            for fold in asked:
                part = self.fit(x, ids, w, column, folds != fold)
                inside = np.flatnonzero(folds == fold)
                if part.model is None:
                    continue
                raws = part.model.staged_decision_function(x[np.ix_(inside, part.features)])
                for i, raw in enumerate(raws):
                    if (i + 1) % _EVERY == 0:
                        scores = np.repeat(base[None], len(inside), axis=0)
                        put_scores(scores, column, part.model.classes_, raw)
                        at = np.ix_(inside, np.asarray(own))
                        out[(i + 1) // _EVERY - 1][at] = scores[:, own]
        return out

    def fit(
        self, x: np.ndarray, ids: np.ndarray, w: np.ndarray, column: LabelColumn, rows: np.ndarray
    ) -> BoostedColumn:
        """Return the trees of a column, fitted on those of the rows where it is known."""
        rows = rows & (ids != UNKNOWN) & (w > 0)
        features = _related(x[rows], ids[rows], self.most_features)
        if len(np.unique(ids[rows])) < 2:
            return BoostedColumn(column, features, None)
        model = HistGradientBoostingClassifier(
            learning_rate=self.rate,
            max_iter=self.iterations,
            max_leaf_nodes=self.leaves,
            min_samples_leaf=min(self.min_leaf, max(1, int(rows.sum()) // 20)),
            l2_regularization=self.l2,
            max_bins=63,
            max_features=self.share or (0.3 if len(features) > 10 else 1.0),
            early_stopping=False,
            random_state=self.seed,
        )
        equal = (w == 1).all()  # equal weights are left out: with weights binning takes ten times
        weight = None if equal else w[rows]
        model.fit(x[np.ix_(rows, features)], ids[rows], sample_weight=weight)
        return BoostedColumn(column, features, model)


def _related(x: np.ndarray, ids: np.ndarray, most: int) -> np.ndarray:
    """Return the features that correlate most with the classes, ascending."""
    if x.shape[1] <= most or not len(x):
        return np.arange(x.shape[1])
    states = np.unique(ids)
    of = (ids[:, None] == states[1:]) * 1.0
    centred = x - x.mean(axis=0)
    link = np.abs(centred.T @ (of - of.mean(axis=0))) / (of.std(axis=0) + 1e-9)
    order = np.argsort(-link.max(axis=1, initial=0) / (x.std(axis=0) + 1e-9), kind="stable")
    return np.sort(order[:most])
