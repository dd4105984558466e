"""Rows whose class is known only as one of several: posterior within the set, out of fold."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from labelfeed.estimators.classifier import LabelFedClassifier
from labelfeed.estimators.column_math import probabilities_of
from labelfeed.estimators.folds import deal_folds
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.noise.honest import fit_soft
from labelfeed.noise.soft_rows import soft_rows
from labelfeed.types import Plain

__all__ = ["CoarseRows", "set_loss", "sort_coarse"]

_OUTER = 3  # parts of the rows, of which each scores models of the others
_ROUNDS = 2  # of expectation and maximisation
_LEAST = 1e-9


@dataclasses.dataclass(frozen=True, eq=False)
class CoarseRows:
    """What coarsely labelled rows are worth.

    Args:
        posterior: `(n, C)`: one-hot where the class is known, `P(class | x, its set)` of a coarse
            row; even where nothing is known.
        known: bool `(n,)`: rows of which anything is known.
        gain: Nats a row that learning from coarse rows saves on held-out rows of known class.
        spread: Standard error of `gain`.
        overall: The same gain over all held-out rows, coarse ones too.
        pays: Whether the gain is above `-spread`, and above 0 with held-out coarse rows counted by
            the summed probability of their classes.
    """

    posterior: np.ndarray
    known: np.ndarray
    gain: float
    spread: float
    overall: float
    pays: bool


def sort_coarse(
    x: np.ndarray,
    ids: np.ndarray,
    sets: np.ndarray,
    spec: LabelSpec,
    *,
    groups: np.ndarray | None = None,
    weight: np.ndarray | None = None,
    plain: Plain = "auto",
    seed: int = 0,
    on_step: Callable[[int, int], None] | None = None,
) -> CoarseRows:
    """Return soft labels of rows with known classes and of rows known to be one of several.

    Expectation and maximisation: a blend of plain models gives each coarse row probabilities, out
    of fold; within its set they are scaled to a sum of 1 and are its labels for the next blend.
    That climbs `sum log P(class)` over rows of known class plus `sum log sum_{c in set} P(c)` over
    coarse ones. Whether it pays is measured on three parts of the rows, each held out of all of it.

    Args:
        x: Features `(n, d)`, finite.
        ids: Class ids `(n,)`, -1 where not known.
        sets: bool `(n, C)`: the classes that a row may have; of rows with an id it is not read, a
            row without any is unknown.
        spec: Single label.
        groups: `(n,)`: rows of one group never stand on both sides of a fold.
        weight: `(n,)`, of the rows.
        plain: As `LabelFedClassifier` takes it.
        seed: Seed of everything drawn.
        on_step: Called with the number of blends fitted, from 0, and the number of all.

    Raises:
        EstimatorError: The rows cannot be learned from.

    References:
        Dempster, Laird and Rubin 1977; Jin and Ghahramani 2002, Learning with multiple labels.
    """
    total, done = _OUTER * (_ROUNDS + 1) + _ROUNDS, 0

    def step() -> None:
        nonlocal done
        if on_step is not None:
            on_step(done, total)
        done += 1

    def usual(rows: np.ndarray) -> LabelFedClassifier:
        model = LabelFedClassifier(plain, spec, read=False, seed=seed)
        own = None if groups is None else groups[rows]
        w = None if weight is None else weight[rows]
        model.fit(x[rows], ids[rows], groups=own, sample_weight=w)
        step()
        return model

    def soft(rows: np.ndarray, posterior: np.ndarray, known: np.ndarray) -> LabelFedClassifier:
        y = np.where(known[:, None], 0, UNKNOWN) + np.zeros_like(posterior, int)
        own = None if groups is None else groups[rows]
        w = None if weight is None else weight[rows]
        model = fit_soft(x[rows], [posterior], y, spec, own, w, plain, seed)
        step()
        return model

    allowed = np.where((ids == UNKNOWN)[:, None], sets, np.eye(spec.num_classes, dtype=bool)[ids])
    known: np.ndarray = allowed.sum(axis=1) > 0
    fine = ids != UNKNOWN
    y = np.where(known[:, None], allowed, UNKNOWN).astype(int)  # so that sets are spread evenly too
    folds = deal_folds(y, _OUTER, groups=groups, seed=seed + 1)
    step()
    saved = np.zeros(len(x))
    for fold in np.unique(folds):
        rows, held = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        model = first = usual(rows)
        p = first.predict_proba(x[held])
        posterior = _within(_out_of_fold(first), allowed[rows])
        for _ in range(_ROUNDS):
            model = soft(rows, posterior, known[rows])
            posterior = _within(_first_copies(model, posterior, known[rows]), allowed[rows])
        q = model.predict_proba(x[held])
        saved[held] = set_loss(p, allowed[held]) - set_loss(q, allowed[held])
    gain, spread = float(saved[fine].mean()), float(saved[fine].std() / max(fine.sum(), 1) ** 0.5)
    overall = float(saved[known].mean())
    pays = gain > -spread and overall > 0
    posterior = _within(np.ones(allowed.shape), allowed)
    if pays:
        everything = np.arange(len(x))
        posterior = _within(_out_of_fold(usual(everything)), allowed)
        for _ in range(_ROUNDS - 1):
            model = soft(everything, posterior, known)
            posterior = _within(_first_copies(model, posterior, known), allowed)
    return CoarseRows(posterior, known, gain, spread, overall, pays)


def set_loss(probabilities: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    """Return `-log sum_{c in set} p_c` of each row, in nats `(n,)`; 0 for an empty set.

    Args:
        probabilities: `(n, C)`.
        allowed: bool `(n, C)`: the set of each row; of a known class one.

    Example:
        >>> set_loss(np.array([[0.5, 0.25, 0.25]]), np.array([[True, True, False]])).round(3)
        array([0.288])
    """
    total = np.where(allowed, probabilities, 0.0).sum(axis=1)
    return np.where(allowed.any(axis=1), -np.log(np.maximum(total, _LEAST)), 0.0)


def _within(p: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    """Return probabilities within the set of each row; even ones where nothing is known."""
    known = allowed.any(axis=1, keepdims=True)
    own = np.where(allowed, np.maximum(p, _LEAST), np.where(known, 0.0, 1.0))
    shares: np.ndarray = own / own.sum(axis=1, keepdims=True)
    return shares


def _out_of_fold(model: LabelFedClassifier) -> np.ndarray:
    return probabilities_of(model.out_of_fold_logits(), model.spec_)


def _first_copies(
    model: LabelFedClassifier, posterior: np.ndarray, known: np.ndarray
) -> np.ndarray:
    """Return out-of-fold probabilities of rows of which the model saw a copy for each class."""
    rows, _, _ = soft_rows([posterior], known[:, None], model.spec_)
    out = np.zeros_like(posterior)
    out[rows] = _out_of_fold(model)
    return out
