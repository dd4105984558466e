"""Which labels are probably wrong, by models that the labels in question could not reach."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from labelfeed.estimators.classifier import LabelFedClassifier
from labelfeed.estimators.column_math import known_columns, probabilities_of
from labelfeed.estimators.folds import deal_folds
from labelfeed.labels.columns import LabelColumn
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.noise.matrix import checked_matrix, first_matrix, surest_rates
from labelfeed.noise.posterior import clean_posterior, clean_probabilities, fit_matrix
from labelfeed.noise.soft_rows import soft_rows
from labelfeed.types import ArrayLike, Plain

__all__ = ["ColumnNoise", "find_noise", "first_posterior", "fit_plain", "fit_soft"]

_OUTER = 3  # parts of the rows, of which each is judged by models of the others
_FEWEST = 5  # rows of a class, below which no label of it is judged
_CLEAR = 0.8  # mean probability of the likeliest class, where classes are told apart
_LEVEL, _MUCH, _SEEN = 0.6, 0.03, 3  # noise of the surest rows beside others; rate; rows
_NEARLY_NONE = 0.003  # noise of every label, below which nothing is learned anew


@dataclasses.dataclass(frozen=True, eq=False)
class ColumnNoise:
    """What was found about the labels of one column.

    Args:
        column: The label column.
        given: Class ids `(n,)` as they are given, -1 where unknown.
        matrix: Noise matrix `(C, C)`, rows true; the identity where no noise was found.
        clean: `P(true class | x)`, `(n, C)`, of models that never saw the row's label.
        posterior: `P(true class | x, given)`, `(n, C)`: the labels as they are where no noise was
            found; `clean` where the label is unknown.
        gain: Nats a label by which reading the labels as noisy predicts held-out labels better than
            taking them as they are.
        spread: Standard error of `gain`.
        found: Whether there is noise: `gain` exceeds `spread`; or is not below `-2 spread`, the
            true classes would be clear, and the surest rows err as others do.
        unjudged: Names of classes with too few rows to be judged.
    """

    column: LabelColumn
    given: np.ndarray
    matrix: np.ndarray
    clean: np.ndarray
    posterior: np.ndarray
    gain: float
    spread: float
    found: bool
    unjudged: tuple[str, ...] = ()

    @property
    def error(self) -> np.ndarray:
        """`P(the given label is wrong)` `(n,)`, NaN where none is given."""
        own = self.posterior[np.arange(len(self.given)), np.maximum(self.given, 0)]
        return np.where(self.given == UNKNOWN, np.nan, 1 - own)

    @property
    def suggestion(self) -> np.ndarray:
        """The most probable class `(n,)`: the given one where it is as probable as another."""
        best = self.posterior.argmax(axis=1)
        top = self.posterior.max(axis=1)
        own = self.posterior[np.arange(len(best)), np.maximum(self.given, 0)]
        return np.where((self.given != UNKNOWN) & (own >= top), self.given, best)

    @property
    def rate(self) -> float:
        """Share of the given labels that are expected to be wrong."""
        return float(np.nanmean(self.error)) if (self.given != UNKNOWN).any() else 0.0


def find_noise(
    x: np.ndarray,
    y: np.ndarray,
    spec: LabelSpec,
    *,
    groups: np.ndarray | None = None,
    weight: np.ndarray | None = None,
    matrices: Mapping[str, ArrayLike] | None = None,
    plain: Plain = "auto",
    seed: int = 0,
    on_step: Callable[[int, int], None] | None = None,
) -> list[ColumnNoise]:
    """Return what is wrong with the labels of each column.

    The rows are dealt into three parts. On two of them a blend is cross-fitted on the labels as
    they are, `first_posterior` says what they may truly be, and a second blend learns from that;
    the third part sees neither before it is judged. On all parts together the noise matrix is
    fitted to these probabilities, and its worth is measured: the log loss of the given labels under
    `P(true | x) T`, with T of the other parts, against that of the blend of the labels as they are.

    Args:
        x: Features `(n, d)`, finite.
        y: Labels `(n, places)` of 1, 0, -1 (unknown).
        spec: What the labels are.
        groups: `(n,)`: rows of one group are judged by models that saw none of it.
        weight: `(n,)`, of the rows.
        matrices: Noise matrices that are known, by label column.
        plain: As `LabelFedClassifier` takes it.
        seed: Seed of everything drawn.
        on_step: Called with the number of blends fitted, from 0, and the number of all.

    Raises:
        EstimatorError: The rows cannot be learned from.
        NoiseError: A given matrix is none.

    References:
        Northcutt, Jiang and Chuang 2021, Confident learning; Dawid and Skene 1979; Chernozhukov et
        al. 2018 (cross-fitting).
    """
    fixed = {
        c.name: checked_matrix(matrices[c.name], c.num_classes)
        for c in spec.label_columns
        if matrices and c.name in matrices
    }
    folds = deal_folds(y, _OUTER, groups=groups, seed=seed + 1)
    p, q = np.zeros(y.shape), np.zeros(y.shape)
    starts: list[list[np.ndarray]] = []
    parts = np.unique(folds)
    _tell(on_step, 0, 2 * len(parts))
    for done, fold in enumerate(parts):
        rows, held = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        own = None if groups is None else groups[rows]
        w = None if weight is None else weight[rows]
        first = LabelFedClassifier(plain, spec, read=False, seed=seed)
        first.fit(x[rows], y[rows], groups=own, sample_weight=w)
        p[held] = first.predict_proba(x[held])
        _tell(on_step, 2 * done + 1, 2 * len(parts))
        found, posteriors = first_posterior(_out_of_fold(first), y[rows], spec, fixed)
        starts.append(found)
        if max(1 - np.diag(m).mean() for m in found) < _NEARLY_NONE:
            q[held] = p[held]
        else:
            second = fit_soft(x[rows], posteriors, y[rows], spec, own, w, plain, seed)
            q[held] = second.predict_proba(x[held])
        _tell(on_step, 2 * done + 2, 2 * len(parts))
    return [
        _judged(column, column.ids(y), column.probabilities(p), column.probabilities(q),
                [s[at] for s in starts], folds, column.name in fixed)
        for at, column in enumerate(spec.label_columns)
    ]  # fmt: skip


def first_posterior(
    probabilities: np.ndarray,
    y: np.ndarray,
    spec: LabelSpec,
    fixed: Mapping[str, np.ndarray] | None = None,
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return noise matrix and posterior of each column from a first, out-of-fold look.

    Args:
        probabilities: `(n, places)` of the labels as they are given.
        y: The labels.
        spec: What they are.
        fixed: Noise matrices that are known, by column.
    """
    matrices, posteriors = [], []
    for column in spec.label_columns:
        ids, p = column.ids(y), column.probabilities(probabilities)
        matrix = (fixed or {}).get(column.name)
        if matrix is None:
            matrix = first_matrix(p, ids)
        q = clean_probabilities(p, matrix)
        matrices.append(matrix)
        posteriors.append(clean_posterior(q, ids, matrix))
    return matrices, posteriors


def fit_soft(
    x: np.ndarray,
    posteriors: Sequence[np.ndarray],
    y: np.ndarray,
    spec: LabelSpec,
    groups: np.ndarray | None,
    weight: np.ndarray | None,
    plain: Plain,
    seed: int,
) -> LabelFedClassifier:
    """Return a blend fitted on soft labels; the copies of a row stay in one fold.

    Args:
        x: Features `(n, d)`.
        posteriors: Class probabilities `(n, C)` for each column.
        y: Labels `(n, places)`: what is unknown there stays so.
        spec: What the labels are.
        groups: `(n,)` or `None`.
        weight: `(n,)`, of the rows, or `None`.
        plain: As `LabelFedClassifier` takes it.
        seed: Seed of everything drawn.
    """
    rows, labels, share = soft_rows(posteriors, known_columns(y, spec), spec, seed)
    own = rows if groups is None else groups[rows]
    w = share if weight is None else share * weight[rows]
    return fit_plain(x[rows], labels, spec, own, w, plain, seed)


def fit_plain(
    x: np.ndarray,
    y: np.ndarray,
    spec: LabelSpec,
    groups: np.ndarray | None,
    weight: np.ndarray | None,
    plain: Plain,
    seed: int,
) -> LabelFedClassifier:
    """Return a blend fitted on labels; arguments as of `fit_soft`, which fits soft ones."""
    model = LabelFedClassifier(plain, spec, read=False, seed=seed)
    # A single label is one column of classes: as ids, which its spec encodes.
    given = y if spec.kind == "multi" else spec.label_columns[0].ids(y)
    return model.fit(x, given, groups=groups, sample_weight=weight)


def _judged(
    column: LabelColumn,
    ids: np.ndarray,
    p: np.ndarray,
    q: np.ndarray,
    starts: Sequence[np.ndarray],
    folds: np.ndarray,
    fixed: bool,
) -> ColumnNoise:
    classes = column.num_classes
    known = ids != UNKNOWN
    often = np.bincount(ids[known], minlength=classes)
    gains = np.zeros(len(ids))
    # The second blend may be the better one because it is another: then its own noise is none.
    same = max((p, q), key=lambda one: float(np.log(_own(one, ids)[known]).sum()))
    for fold, start in zip(np.unique(folds), starts, strict=True):
        held = (folds == fold) & known
        others = (folds != fold) & known
        matrix = start if fixed else fit_matrix(q[others], ids[others], start)
        gains[held] = np.log(_own(q[held] @ matrix, ids[held]) / _own(same[held], ids[held]))
    count = max(int(known.sum()), 1)
    gain, spread = float(gains[known].sum() / count), float(np.std(gains[known]) / count**0.5)
    # Where the same share of every class is wrong, both ways predict held-out labels alike. Noise
    # then is what strikes the surest rows as well, where the true classes would be clear.
    half, top, rows = surest_rates(p, ids)
    chance = float(np.sqrt(half * (1 - half) / max(rows, 1)))
    level = half >= _MUCH and top + chance >= _LEVEL * half and top * rows >= _SEEN
    clear = gain > -2 * spread and level and q[known].max(axis=1).mean() >= _CLEAR
    found = fixed or ((often > 0).sum() > 1 and (gain > spread or bool(clear)))
    few = (often < _FEWEST) & (often > 0)
    names = tuple(column.name_of(c) for c in np.flatnonzero(few).tolist())
    if not found:
        posterior = np.where(known[:, None], np.eye(classes)[ids], p)
        return ColumnNoise(column, ids, np.eye(classes), p, posterior, gain, spread, False, names)
    start = np.mean(starts, axis=0)
    matrix = start if fixed else fit_matrix(q[known], ids[known], start)
    posterior = clean_posterior(q, ids, matrix)
    spared = known & few[np.maximum(ids, 0)]
    posterior[spared] = np.eye(classes)[ids[spared]]
    return ColumnNoise(column, ids, matrix, q, posterior, gain, spread, True, names)


def _own(probabilities: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """Return the probability of each given label, a little at least."""
    return np.maximum(probabilities[np.arange(len(ids)), np.maximum(ids, 0)], 1e-9)


def _out_of_fold(model: LabelFedClassifier) -> np.ndarray:
    return probabilities_of(model.out_of_fold_logits(), model.spec_)


def _tell(on_step: Callable[[int, int], None] | None, done: int, total: int) -> None:
    if on_step is not None:
        on_step(done, total)
