"""Extra trees of all labels at once as a plain model; unknown labels count in no leaf."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.ensemble import ExtraTreesRegressor

from labelfeed.estimators.column_math import (
    base_logits,
    column_losses,
    column_of_place,
    logits_of,
    probabilities_of,
)
from labelfeed.estimators.leaf_rates import mean_rates, node_rates
from labelfeed.estimators.member import CrossFitted
from labelfeed.estimators.sklearn_private import fit_forest
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec

__all__ = ["ExtraTreesMember", "ForestLogits"]

_SECOND = 9e-9  # what a row of a tree takes, for each level, feature that is tried, and place
_MOST_SECONDS, _FEWEST = 150.0, 40  # of all forests together; trees
_MOST_BYTES = 100e6  # of the final forest
_SMOOTHING = 0.3  # rows at the base rate, where each leaf is trusted
_STRENGTHS = (_SMOOTHING, 10.0, 50.0, 250.0)  # all but the first: rows at the rate of the parent
_LEAVES = (1, 1, 10, 20)  # rows in a leaf at least: smaller ones would hardly count
_ASKED = 1500  # rows that choose
_TOGETHER = 1.0  # how often the mean column counts when a column chooses
_MOST_FEATURES = 96  # tried for a split; more cost time and bring nothing on wide tables


@dataclasses.dataclass(frozen=True, eq=False)
class ForestLogits:
    """`logits_of(mean over the trees of the rates in the leaf that a row falls into)`.

    Args:
        forest: The fitted `ExtraTreesRegressor`; `tree_.value` holds the smoothed rates.
        spec: What the labels are.
    """

    forest: Any  # scikit-learn's classes are not typed
    spec: LabelSpec

    def logits(self, x: np.ndarray) -> np.ndarray:
        """Return logits `(n, places)` of features `(n, d)`, read as float32."""
        rates = self.forest.predict(np.asarray(x, np.float32)).reshape(len(x), -1)
        return logits_of(rates, self.spec)


class ExtraTreesMember:
    """Extremely randomised trees, one forest for all places.

    Splits are chosen for all places together, with unknown labels at their base rate `q`. The rate
    of a leaf counts what is known alone: `(present + smoothing q) / (known + smoothing)`. Where
    features tell little, each node is shrunk towards its parent instead (`node_rates`).

    Args:
        trees: Trees of the final forest, at least 2; those of the folds have half as many. Fewer
            where a large table would take minutes.
        min_leaf: Rows in a leaf, at least 1; more where the forest would take 100 MB.
        smoothing: Rows at the base rate added to each leaf, > 0. `None`: 0.3, or 10, 50 or 250 rows
            at the rate of the parent added to each node, whichever loses least out of fold, for
            each column; where all want many, leaves are larger too.
        features: Share of the features that is tried for a split, in (0, 1]; of wide tables at
            most 96 features.
        n_jobs: Threads that fit trees; it changes no number.

    References:
        Geurts, Ernst and Wehenkel 2006, Extremely randomized trees.

    Example:
        >>> x, y = np.arange(12.0)[:, None], np.repeat([[1], [0]], 6, axis=0)
        >>> member = ExtraTreesMember(trees=10)
        >>> fitted = member.cross_fit(x, y, LabelSpec.multi(1), np.arange(12) % 2)
        >>> fitted.oof[[0, 11]].ravel() > 0
        array([ True, False])
    """

    name = "extra-trees"

    def __init__(
        self,
        trees: int = 160,
        min_leaf: int = 2,
        smoothing: float | None = None,
        features: float = 0.3,
        n_jobs: int = 2,
    ) -> None:
        """Store the arguments."""
        self.trees, self.min_leaf, self.smoothing = trees, min_leaf, smoothing
        self.features, self.n_jobs = features, n_jobs

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
        """Fit a forest outside of each fold, choose the smoothing there, and fit all rows."""
        x = np.asarray(x, np.float32)
        w = np.ones(len(x)) if sample_weight is None else np.asarray(sample_weight, np.float64)
        trees, leaf = self._size(x, y, folds)
        half = max(trees // 2, 1)
        numbers = np.unique(folds)
        strengths = np.array(_STRENGTHS if self.smoothing is None else [self.smoothing])[:, None]
        of_parent = np.arange(len(strengths))[:, None] > 0

        def outside(fold: int, own: tuple[np.ndarray, np.ndarray], leaf: int) -> np.ndarray:
            rows, inside = folds != fold, folds == fold
            grown = self._grow(x[rows], y[rows], spec, w[rows], seed, half, leaf)
            return grown.logits(x[inside], own)

        many = np.cumsum(np.bincount(folds)[numbers])
        asked = numbers[: int(np.searchsorted(many, _ASKED)) + 1]
        first = {fold: outside(fold, (strengths, of_parent), leaf) for fold in asked}
        losses = np.zeros((len(strengths), len(spec.label_columns)))
        for fold, tried in first.items():
            inside = folds == fold
            losses += [w[inside] @ column_losses(y[inside], z, spec) for z in tried]
        losses = losses + _TOGETHER * losses.mean(axis=1, keepdims=True)
        chosen = losses.argmin(axis=0)
        best = chosen[column_of_place(spec)]
        own = strengths[best].T, of_parent[best].T
        larger = leaf if self.smoothing else max(leaf, _LEAVES[int(chosen.min())])
        oof = np.zeros(y.shape)
        for fold in numbers:
            inside = folds == fold
            if fold in first and larger == leaf:
                oof[inside] = np.take_along_axis(first[fold], best[None, None], axis=0)[0]
            else:
                oof[inside] = outside(fold, own, larger)[0]
        final = self._grow(x, y, spec, w, seed, trees, larger).final(own)
        usual = trees == self.trees and larger == self.min_leaf
        note = "" if usual else f"{trees} trees, {larger} rows a leaf"
        return CrossFitted(self.name, oof, final, note)

    def _size(self, x: np.ndarray, y: np.ndarray, folds: np.ndarray) -> tuple[int, int]:
        """Return trees and rows in a leaf that keep time and memory of large tables bounded."""
        rows, places = y.shape
        work = rows * np.log2(max(rows, 2)) * (self.features * x.shape[1] + places)
        seconds = _SECOND * work * self.trees * (1 + len(np.unique(folds)) / 2)
        least = min(_FEWEST, self.trees)
        trees = int(np.clip(self.trees * _MOST_SECONDS / seconds, least, self.trees))
        leaf = math.ceil(rows * trees * (16 + 4 * places) / _MOST_BYTES)
        return trees, max(self.min_leaf, leaf)

    def _grow(
        self,
        x: np.ndarray,
        y: np.ndarray,
        spec: LabelSpec,
        w: np.ndarray,
        seed: int,
        trees: int,
        leaf: int,
    ) -> _Grown:
        base = probabilities_of(base_logits(y, spec, w)[None], spec)[0]
        tried = int(np.clip(round(self.features * x.shape[1]), 1, _MOST_FEATURES))
        forest = ExtraTreesRegressor(
            trees,
            min_samples_leaf=leaf,
            max_features=tried,
            random_state=seed,
            n_jobs=self.n_jobs,
        )
        target = np.where(y == UNKNOWN, base, y)
        fit_forest(forest, x, target[:, 0] if y.shape[1] == 1 else target, w)
        forest.n_jobs = 1  # threads would add the trees up in any order
        present, known = (y == 1) * w[:, None], (y != UNKNOWN) * w[:, None]
        return _Grown(forest, spec, forest.apply(x), present, known, base)


@dataclasses.dataclass(frozen=True, eq=False)
class _Grown:
    """A forest whose splits are fitted, and what is counted in its nodes."""

    forest: Any
    spec: LabelSpec
    leaves: np.ndarray
    present: np.ndarray
    known: np.ndarray
    base: np.ndarray

    def rates(self, own: tuple[np.ndarray, np.ndarray]) -> Iterator[tuple[slice, np.ndarray]]:
        trees = [tree.tree_ for tree in self.forest.estimators_]
        return node_rates(trees, self.leaves, self.present, self.known, self.base, *own)

    def logits(self, x: np.ndarray, own: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        """Return logits `(settings, n, places)` of new rows."""
        trees = [tree.tree_ for tree in self.forest.estimators_]
        means = mean_rates(trees, self.forest.apply(x), self.rates(own))
        return np.stack([logits_of(mean, self.spec) for mean in means])

    def final(self, own: tuple[np.ndarray, np.ndarray]) -> ForestLogits:
        """Return the forest with the rates of one setting as its values."""
        for some, rates in self.rates(own):
            first = 0
            for tree in self.forest.estimators_[some]:
                nodes = tree.tree_.node_count
                tree.tree_.value[:, :, 0] = rates[first : first + nodes, 0]
                first += nodes
        return ForestLogits(self.forest, self.spec)
