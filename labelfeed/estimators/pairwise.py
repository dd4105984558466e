"""Ridge logistic regression of each label on the known others, on top of the evidence."""

from __future__ import annotations

import dataclasses

import numpy as np

from labelfeed.estimators.column_math import column_losses, probabilities_of
from labelfeed.estimators.linear import LinearProblem
from labelfeed.estimators.masked_copies import MaskedCopies
from labelfeed.labels.columns import same_column
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec

__all__ = ["PairwiseReader", "fit_pairwise"]

_PENALTIES = (300.0, 100.0, 30.0, 10.0, 3.0, 1.0, 0.3)


@dataclasses.dataclass(frozen=True, eq=False)
class PairwiseReader:
    """`delta = surprise @ by_surprise + sign @ by_sign`, exactly 0 where nothing is known.

    With `p` the plain probabilities: `surprise_i = y_i - p_i` and `sign_i = 2 y_i - 1` of the known
    places, both 0 of the unknown ones.

    Args:
        by_surprise: `(places, places)`; row i is what place i says of the others.
        by_sign: The same of the signs.
        penalty: Of the ridge, as chosen on the folds.
        spec: What the labels are.

    References:
        Cherman, Metz and Monard 2012, Incorporating label dependency into the binary relevance
        framework for multi-label classification (the other labels as features).

    Example:
        >>> says = np.array([[0.0, 3.0], [0.0, 0.0]])
        >>> reader = PairwiseReader(says, 0 * says, 1.0, LabelSpec.multi(2))
        >>> reader.delta(np.zeros((2, 2)), np.array([[1, -1], [-1, -1]]))[:, 1].tolist()
        [1.5, 0.0]
    """

    by_surprise: np.ndarray
    by_sign: np.ndarray
    penalty: float
    spec: LabelSpec

    def delta(self, logits: np.ndarray, states: np.ndarray) -> np.ndarray:
        """Return what the known labels add to the plain logits, `(n, places)`."""
        weights = np.concatenate([self.by_surprise, self.by_sign])
        out: np.ndarray = _features(logits, states, self.spec) @ weights
        return out


def fit_pairwise(
    logits: np.ndarray,
    start: np.ndarray,
    masked: MaskedCopies,
    spec: LabelSpec,
    folds: np.ndarray,
    weight: np.ndarray,
) -> tuple[PairwiseReader, np.ndarray]:
    """Return the reader, and its out-of-fold deltas on the masked copies.

    Args:
        logits: Plain out-of-fold logits `(n, places)`.
        start: Logits of the copies with the evidence in, `(m, places)`: where the ridge starts.
        masked: The masked copies.
        spec: What the labels are.
        folds: Fold of each row, `(n,)`.
        weight: Weight of each copy, `(m,)`.
    """
    x = _features(logits[masked.row], masked.states, spec)
    fold = folds[masked.row]

    def problem(rows: np.ndarray) -> LinearProblem:
        return LinearProblem(
            x[rows],
            masked.targets[rows],
            spec,
            weight=weight[rows],
            offset=start[rows],
            intercept=False,
        )

    problems = {f: problem(fold != f) for f in np.unique(folds)}
    least, deltas, chosen = np.inf, np.zeros(start.shape), _PENALTIES[0]
    for penalty in _PENALTIES:
        found = np.zeros(start.shape)
        for f, part in problems.items():
            found[fold == f] = x[fold == f] @ part.solve(penalty).weights
        loss = (column_losses(masked.targets, start + found, spec) * weight[:, None]).sum()
        if loss >= least:
            break
        least, deltas, chosen = loss, found, penalty
    whole = problem(np.ones(len(x), bool)).solve(chosen).weights
    places, others = spec.num_classes, 1.0 - same_column(spec)  # a column never reads itself
    by_surprise, by_sign = whole[:places] * others, whole[places:] * others
    return PairwiseReader(by_surprise, by_sign, chosen, spec), deltas


def _features(logits: np.ndarray, states: np.ndarray, spec: LabelSpec) -> np.ndarray:
    known = states != UNKNOWN
    surprise = np.where(known, (states == 1) - probabilities_of(logits, spec), 0.0)
    return np.concatenate([surprise, np.where(known, 2.0 * (states == 1) - 1.0, 0.0)], axis=1)
