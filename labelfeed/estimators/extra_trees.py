"""Extra trees of all labels at once as a plain model; unknown labels count in no leaf."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.ensemble import ExtraTreesRegressor

from labelfeed.estimators.column_math import base_logits, logits_of, probabilities_of
from labelfeed.estimators.member import CrossFitted, over_folds
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec

__all__ = ["ExtraTreesMember", "ForestLogits"]

_SECOND = 9e-9  # what a row of a tree takes, for each level, feature that is tried, and place
_MOST_SECONDS, _FEWEST = 150.0, 40  # of all forests together; trees
_MOST_BYTES = 100e6  # of the final forest
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
    of a leaf counts what is known alone: `(present + smoothing q) / (known + smoothing)`.

    Args:
        trees: Trees of the final forest, at least 2; those of the folds have half as many. Fewer
            where a large table would take minutes.
        min_leaf: Rows in a leaf, at least 1; more where the forest would take 100 MB.
        smoothing: Rows at the base rate added to each leaf, > 0.
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
        self, trees: int = 160, min_leaf: int = 2, smoothing: float = 0.3, n_jobs: int = 2
    ) -> None:
        """Store the arguments."""
        self.trees, self.min_leaf, self.smoothing, self.n_jobs = trees, min_leaf, smoothing, n_jobs

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
        """Fit a forest outside of each fold, and one on all rows."""
        x = np.asarray(x, np.float32)
        w = np.ones(len(x)) if sample_weight is None else np.asarray(sample_weight, np.float64)

        trees, leaf = self._size(x, y, folds)

        def fit(rows: np.ndarray, trees: int) -> ForestLogits:
            return self._fit(x[rows], y[rows], spec, w[rows], seed, trees, leaf)

        oof = over_folds(folds, y.shape[1], lambda rows: fit(rows, max(trees // 2, 1)), x)
        usual = (trees, leaf) == (self.trees, self.min_leaf)
        note = "" if usual else f"{trees} trees, {leaf} rows a leaf"
        return CrossFitted(self.name, oof, fit(np.arange(len(x)), trees), note)

    def _size(self, x: np.ndarray, y: np.ndarray, folds: np.ndarray) -> tuple[int, int]:
        """Return trees and rows in a leaf that keep time and memory of large tables bounded."""
        rows, places = y.shape
        work = rows * np.log2(max(rows, 2)) * (0.3 * x.shape[1] + places)
        seconds = _SECOND * work * self.trees * (1 + len(np.unique(folds)) / 2)
        least = min(_FEWEST, self.trees)
        trees = int(np.clip(self.trees * _MOST_SECONDS / seconds, least, self.trees))
        leaf = math.ceil(rows * trees * (16 + 4 * places) / _MOST_BYTES)
        return trees, max(self.min_leaf, leaf)

    def _fit(
        self,
        x: np.ndarray,
        y: np.ndarray,
        spec: LabelSpec,
        w: np.ndarray,
        seed: int,
        trees: int,
        leaf: int,
    ) -> ForestLogits:
        base = probabilities_of(base_logits(y, spec, w)[None], spec)[0]
        tried = int(np.clip(round(0.3 * x.shape[1]), 1, _MOST_FEATURES))
        forest = ExtraTreesRegressor(
            trees,
            min_samples_leaf=leaf,
            max_features=tried,
            random_state=seed,
            n_jobs=self.n_jobs,
        )
        target = np.where(y == UNKNOWN, base, y)
        forest.fit(x, target[:, 0] if y.shape[1] == 1 else target, sample_weight=w)
        forest.n_jobs = 1  # threads would add the trees up in any order
        known, present = (y != UNKNOWN) * w[:, None], (y == 1) * w[:, None]
        for tree, leaf in zip(forest.estimators_, forest.apply(x).T, strict=True):
            shape = (tree.tree_.node_count, len(x))
            at = sparse.csr_matrix((np.ones(len(x)), (leaf, np.arange(len(x)))), shape)
            rates = (at @ present + self.smoothing * base) / (at @ known + self.smoothing)
            tree.tree_.value[:, :, 0] = rates
        return ForestLogits(forest, spec)
