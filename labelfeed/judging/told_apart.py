"""Classifier two-sample test: can a classifier tell synthetic rows from real ones?"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from scipy.stats import rankdata
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from labelfeed.judging.estimate import Estimate, auc_estimate
from labelfeed.results import Result

__all__ = ["ToldApart", "told_apart"]

_FOLDS = 5
_ROUNDS = 100
_MOST_BINS = 255  # of words of one column that the trees take as words


@dataclasses.dataclass(frozen=True)
class ToldApart(Result):
    """How well one classifier tells synthetic rows from real ones.

    Attributes:
        by: `"boosted trees"` or `"logistic"`.
        auc: Area under its ROC curve on rows that it was not trained on: 0.5 cannot tell, 1 tells
            every pair.
    """

    by: str
    auc: Estimate


def told_apart(
    codes: Sequence[np.ndarray],
    vectors: Sequence[np.ndarray],
    of_words: np.ndarray,
    seed: int,
) -> tuple[ToldApart, ...]:
    """Return the cross-validated area under the ROC curve of both classifiers.

    Scores of the five folds are compared by their ranks within the fold, since five classifiers
    have five scales.

    Reference: Lopez-Paz and Oquab (2017), revisiting classifier two-sample tests.

    Args:
        codes: Real and synthetic rows as `Coder.codes` gives them, as many of each.
        vectors: The same rows as `Coder.vectors` gives them.
        of_words: Which columns of `codes` are words.
        seed: Of the folds.

    Example:
        >>> import numpy as np
        >>> rng = np.random.default_rng(0)
        >>> real, made = rng.normal(size=(200, 2)), rng.normal(size=(200, 2)) + [3.0, 0.0]
        >>> found = told_apart([real, made], [real, made], np.zeros(2, bool), 0)
        >>> [f"{one.by}: {one.auc.value:.1f}" for one in found]
        ['boosted trees: 1.0', 'logistic: 1.0']
    """
    made = np.repeat([0, 1], [len(codes[0]), len(codes[1])])
    trees, lines = np.empty(len(made)), np.empty(len(made))
    both, line_rows = np.concatenate(codes), np.concatenate(vectors)
    _, same = np.unique(line_rows.round(9), axis=0, return_inverse=True)
    dealt = np.random.default_rng(seed).permutation(int(same.max()) + 1) % _FOLDS
    folds = dealt[same.ravel()]  # a row that was made twice is not known by its twin
    words = of_words & (np.nanmax(np.nan_to_num(both), axis=0) < _MOST_BINS)
    for fold in range(_FOLDS):
        train, test = folds != fold, folds == fold
        grown = HistGradientBoostingClassifier(
            max_iter=_ROUNDS, early_stopping=False, categorical_features=words, random_state=seed
        ).fit(both[train], made[train])
        trees[test] = grown.decision_function(both[test])
        scale = StandardScaler().fit(line_rows[train])
        line = LogisticRegression(max_iter=500).fit(scale.transform(line_rows[train]), made[train])
        lines[test] = line.decision_function(scale.transform(line_rows[test]))
    found = []
    for by, scores in (("boosted trees", trees), ("logistic", lines)):
        for fold in range(_FOLDS):
            ranks = rankdata(scores[folds == fold])
            scores[folds == fold] = ranks / len(ranks)
        found.append(ToldApart(by, auc_estimate(scores[made == 1], scores[made == 0])))
    return tuple(found)
