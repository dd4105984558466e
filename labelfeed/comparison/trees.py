"""The peers that anybody would try: boosted trees, alone or with the known labels as columns."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable

import numpy as np

from labelfeed.comparison.design import Point, PreparedSplit
from labelfeed.estimators.boosting import BoostingMember
from labelfeed.estimators.classifier import LabelFedClassifier
from labelfeed.estimators.column_math import probabilities_of
from labelfeed.estimators.folds import deal_folds
from labelfeed.estimators.light_boosting import LightBoostingMember
from labelfeed.estimators.masked_copies import draw_copies
from labelfeed.estimators.member import Member
from labelfeed.estimators.sides import side_columns
from labelfeed.labels.encoding import UNKNOWN

__all__ = ["tree_member", "trees", "trees_with_labels", "which_trees"]

_COPIES = 3  # that know some labels; one more knows nothing
_FOLDS = 3  # that choose size and number of trees


def which_trees() -> str:
    """Return `"LightGBM"` where it is installed (extra `lightgbm`), else `"boosted trees"`.

    The latter are scikit-learn's `HistGradientBoostingClassifier`.
    """
    return "LightGBM" if importlib.util.find_spec("lightgbm") else "boosted trees"


def trees(split: PreparedSplit, plain: LabelFedClassifier) -> Callable[[Point], np.ndarray]:
    """Return boosted trees that read features alone: those of the plain models if they are there.

    Args:
        split: The rows.
        plain: The plain models of the split.
    """
    member = tree_member()
    found = next((m for m in plain.members_ if m.name == member.name), None)
    if found is None:
        folds = deal_folds(split.y, _FOLDS, groups=split.groups, seed=split.seed)
        found = member.cross_fit(
            split.x, split.y, split.spec, folds, sample_weight=split.weight, seed=split.seed
        )
    p = probabilities_of(found.final.logits(split.test_x), split.spec)  # type: ignore[union-attr]
    return lambda point: p


def trees_with_labels(
    split: PreparedSplit, plain: LabelFedClassifier
) -> Callable[[Point], np.ndarray]:
    """Return boosted trees with a column for each known label, or class of a side label.

    Of several labels they learn on copies of the rows: one that knows nothing, others at every
    share known; what a copy shows it does not score.

    Args:
        split: The rows.
        plain: Not used.
    """
    x, y, groups, weight, spec = split.x, split.y, split.groups, split.weight, split.spec
    folds = deal_folds(y, _FOLDS, groups=groups, seed=split.seed)
    if split.side_specs:
        wide, targets = _beside(split.x, split.sides, split), y
    else:
        masked = draw_copies(y, spec, _COPIES, split.seed)
        row = np.concatenate([np.arange(len(x)), masked.row])
        states = np.concatenate([np.full_like(y, UNKNOWN), masked.states])
        targets = np.concatenate([y, masked.targets])
        wide = np.concatenate([x[row], _label_columns(states)], axis=1)
        folds, weight = folds[row], None if weight is None else weight[row]
    fitted = tree_member(wide.shape[1]).cross_fit(  # all: none of the labels left out
        wide.astype(np.float32), targets, spec, folds, sample_weight=weight, seed=split.seed
    )
    final = fitted.final

    def predict(point: Point) -> np.ndarray:
        if split.side_specs:
            columns = _beside(split.test_x, point.sides, split)
        else:
            told = _label_columns(point.known)
            columns = np.concatenate([split.test_x, told], axis=1)
        return probabilities_of(final.logits(columns.astype(np.float32)), spec)  # type: ignore[union-attr]

    return predict


def _label_columns(states: np.ndarray) -> np.ndarray:
    """Unknown halfway: a split puts it with no or with yes, as one of NaN does."""
    return np.where(states == UNKNOWN, 0.5, states)


def tree_member(most_features: int = 128) -> Member:
    """Return boosted trees as a plain model, those of `which_trees`.

    Args:
        most_features: Of a wider table each column takes those that correlate most with it.
    """
    if which_trees() == "LightGBM":
        return LightBoostingMember()
    return BoostingMember(most_features=most_features)


def _beside(x: np.ndarray, sides: np.ndarray, split: PreparedSplit) -> np.ndarray:
    return side_columns(x, sides, split.side_specs, crossed=False)
