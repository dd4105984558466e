"""LightGBM's boosted trees, one ensemble a column, as a plain model (extra `lightgbm`)."""

from __future__ import annotations

import dataclasses
import importlib
from typing import Any

import numpy as np

from labelfeed.estimators.boosting import BoostedColumn, BoostedLogits
from labelfeed.estimators.column_math import base_logits
from labelfeed.estimators.errors import EstimatorError
from labelfeed.estimators.member import CrossFitted
from labelfeed.estimators.responses import put_scores
from labelfeed.estimators.stages import best_stages, fewer_steps
from labelfeed.labels.columns import LabelColumn
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec

__all__ = ["LightBoostedLogits", "LightBoostingMember"]

_EVERY = 10  # iterations between two that may be the last
_TREE, _CELL = 3e-4, 3e-9  # seconds that a tree takes, and a number in the table for each tree
_FEW = 4_000_000  # numbers in the features, below which one thread does all


@dataclasses.dataclass(frozen=True, eq=False)
class LightBoostedLogits(BoostedLogits):
    """Raw scores of each column's `LGBMClassifier`, and base rates where there are none."""

    def logits(self, x: np.ndarray) -> np.ndarray:
        """Return logits `(n, places)` of features `(n, d)`, read as float32."""
        x = np.asarray(x, np.float32)
        out = np.repeat(self.base[None], len(x), axis=0)
        for part in self.columns:
            if part.model is not None:
                raw = part.model.booster_.predict(x[:, part.features], raw_score=True)
                put_scores(out, part.column, part.model.classes_, raw)
        return out


class LightBoostingMember:
    """Gradient-boosted trees by LightGBM, for each label column by itself.

    Args:
        iterations: Most iterations; how many is chosen by out-of-fold log loss for each column.
            `None`: a tenth of the rows, between 80 and 400.
        learning_rate: Step of an iteration, in (0, 1].
        leaves: Leaves of a tree, at least 2.
        min_leaf: Rows in a leaf, at least 1.
        seconds: Budget, estimated by counting trees and cells: beyond it fewer and larger steps.

    Raises:
        EstimatorError: LightGBM is not installed.

    References:
        Ke et al. 2017, LightGBM: a highly efficient gradient boosting decision tree.

    Example:
        >>> x, y = np.arange(80.0)[:, None], np.repeat([[1], [0]], 40, axis=0)
        >>> member = LightBoostingMember(iterations=10)  # doctest: +SKIP
        >>> fitted = member.cross_fit(  # doctest: +SKIP
        ...     x, y, LabelSpec.multi(1), np.arange(80) % 2)
        >>> fitted.oof[[0, 79]].ravel() > 0  # doctest: +SKIP
        array([ True, False])
    """

    name = "lightgbm"

    def __init__(
        self,
        iterations: int | None = None,
        learning_rate: float = 0.05,
        leaves: int = 15,
        min_leaf: int = 10,
        seconds: float = 30.0,
    ) -> None:
        """Store the arguments, and see that LightGBM is there."""
        try:
            self._make = importlib.import_module("lightgbm").LGBMClassifier
        except (ImportError, OSError) as error:  # OSError: a library of its own is missing
            raise EstimatorError(
                f"The plain model 'lightgbm' needs LightGBM: pip install 'labelfeed[lightgbm]' "
                f"({str(error).splitlines()[0]}), or take 'boosting'."
            ) from error
        self.iterations, self.learning_rate = iterations, learning_rate
        self.leaves, self.min_leaf, self.seconds = leaves, min_leaf, seconds

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
        """Fit outside of each fold, choose the iterations there, and fit on all rows."""
        x = np.asarray(x, np.float32)
        w = np.ones(len(x)) if sample_weight is None else np.asarray(sample_weight, np.float64)
        most, rate = self._steps(x, y, folds)
        base = base_logits(y, spec, w)
        oof = np.repeat(base[None], len(x), axis=0)
        steps = range(_EVERY, most + 1, _EVERY)
        staged = np.repeat(oof[None].astype(np.float32), len(steps), axis=0)
        for column in spec.label_columns:
            own = list(column.places)
            for fold in np.unique(folds):
                part = self._fit(x, column.ids(y), w, column, folds != fold, most, rate, seed)
                inside = np.flatnonzero(folds == fold)
                if part.model is None:
                    continue
                raw: Any = 0.0
                for i in range(len(steps)):
                    raw = raw + part.model.booster_.predict(
                        x[inside], raw_score=True, start_iteration=i * _EVERY, num_iteration=_EVERY
                    )
                    scores = oof[inside]
                    put_scores(scores, column, part.model.classes_, raw)
                    staged[i][np.ix_(inside, np.asarray(own))] = scores[:, own]
        oof, iterations = best_stages(staged, y, spec, w, _EVERY)
        every = np.ones(len(x), bool)
        columns = [
            self._fit(x, column.ids(y), w, column, every, best, rate, seed)
            for column, best in zip(spec.label_columns, iterations, strict=True)
        ]
        note = f"at most {most} iterations"
        return CrossFitted(self.name, oof, LightBoostedLogits(tuple(columns), base), note)

    def _steps(self, x: np.ndarray, y: np.ndarray, folds: np.ndarray) -> tuple[int, float]:
        """Return iterations and learning rate that keep the budget."""
        wanted = self.iterations or int(np.clip(len(x) // 10, 80, 400))
        trees = (len(np.unique(folds)) + 1) * y.shape[1] * wanted
        over = trees * (_TREE + _CELL * x.size) / self.seconds
        return fewer_steps(wanted, self.learning_rate, over, _EVERY)

    def _fit(
        self,
        x: np.ndarray,
        ids: np.ndarray,
        w: np.ndarray,
        column: LabelColumn,
        rows: np.ndarray,
        iterations: int,
        rate: float,
        seed: int,
    ) -> BoostedColumn:
        rows = rows & (ids != UNKNOWN) & (w > 0)
        features = np.arange(x.shape[1])
        if len(np.unique(ids[rows])) < 2:
            return BoostedColumn(column, features, None)
        model = self._make(
            n_estimators=iterations,
            learning_rate=rate,
            num_leaves=self.leaves,
            min_child_samples=min(self.min_leaf, max(1, int(rows.sum()) // 20)),
            reg_lambda=1.0,
            max_bin=63,
            colsample_bytree=0.5 if len(features) > 10 else 1.0,
            n_jobs=1 if x.size < _FEW else None,
            random_state=seed,
            deterministic=True,
            force_col_wise=True,
            verbosity=-1,
        )
        model.fit(x[rows], ids[rows], sample_weight=None if (w == 1).all() else w[rows])
        return BoostedColumn(column, features, model)
