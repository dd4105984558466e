"""Soft labels from a teacher that sees what only training sees, where they pay out of fold."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from labelfeed.estimators.classifier import LabelFedClassifier
from labelfeed.estimators.column_math import (
    column_losses,
    known_columns,
    logits_of,
    probabilities_of,
)
from labelfeed.estimators.folds import deal_folds
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.noise.honest import fit_plain, fit_soft
from labelfeed.types import Plain

__all__ = ["Taught", "soft_labels", "teach"]

_OWN = 0.75  # share of the teacher in the soft labels, beside the given label
_OUTER = 5  # parts of the rows, of which each scores students of the others


@dataclasses.dataclass(frozen=True, eq=False)
class Taught:
    """What a teacher is worth to a student that does not see its columns.

    Args:
        posteriors: For each label column the soft labels `(n, C)`; empty where they do not pay.
        gain: Nats a label that the student saves on rows that neither it nor its teacher saw.
        spread: Standard error of `gain`.
        teacher: Nats a label that the columns themselves save as features: the upper bound.
        pays: Whether `gain` is above 0, and `teacher` above its own standard error.
    """

    posteriors: list[np.ndarray]
    gain: float
    spread: float
    teacher: float
    pays: bool


def teach(
    x: np.ndarray,
    hidden: np.ndarray,
    y: np.ndarray,
    spec: LabelSpec,
    *,
    groups: np.ndarray | None = None,
    weight: np.ndarray | None = None,
    plain: Plain = "auto",
    seed: int = 0,
    on_step: Callable[[int, int], None] | None = None,
) -> Taught:
    """Return soft labels for rows from features that are there in training alone, if they pay.

    Generalized distillation: the teacher is a blend of plain models with the training-only columns
    z as features; its out-of-fold `p(y | x, z)`, mixed with the given label, is what a student
    without z learns. It is smoother than the label where z tells how far to trust it. Whether that
    pays is judged by the log loss of the given labels of rows that neither teacher nor student saw.

    Args:
        x: Features `(n, d)`, finite.
        hidden: Training-only features `(n, e)`, finite.
        y: Labels `(n, places)` of 1, 0, -1 (unknown).
        spec: What the labels are.
        groups: `(n,)`: rows of one group never stand on both sides of a fold.
        weight: `(n,)`, of the rows.
        plain: As `LabelFedClassifier` takes it.
        seed: Seed of everything drawn.
        on_step: Called with the number of blends fitted, from 0, and the number of all.

    Raises:
        EstimatorError: The rows cannot be learned from.

    References:
        Lopez-Paz, Bottou, Schoelkopf and Vapnik 2016, Unifying distillation and privileged
        information.
    """
    folds = deal_folds(y, _OUTER, groups=groups, seed=seed + 1)
    parts, known = np.unique(folds), known_columns(y, spec)
    student_saves, teacher_saves = np.zeros(known.shape), np.zeros(known.shape)
    both, total, done = np.hstack([x, hidden]), 3 * len(parts) + 1, 0

    def step() -> None:
        nonlocal done
        if on_step is not None:
            on_step(done, total)
        done += 1

    step()
    for part in parts:
        rows, held = np.flatnonzero(folds != part), np.flatnonzero(folds == part)
        own = None if groups is None else groups[rows]
        w = None if weight is None else weight[rows]

        def loss(p: np.ndarray, held: np.ndarray = held) -> np.ndarray:
            return column_losses(y[held], logits_of(p, spec), spec)

        usual = loss(fit_plain(x[rows], y[rows], spec, own, w, plain, seed).predict_proba(x[held]))
        step()
        teacher = fit_plain(both[rows], y[rows], spec, own, w, plain, seed)
        teacher_saves[held] = usual - loss(teacher.predict_proba(both[held]))
        step()
        soft = soft_labels(teacher, y[rows])
        student = fit_soft(x[rows], soft, y[rows], spec, own, w, plain, seed)
        student_saves[held] = usual - loss(student.predict_proba(x[held]))
        step()
    gain, spread = _mean_and_error(student_saves, known, groups)
    worth, error = _mean_and_error(teacher_saves, known, groups)
    if not (gain > 0 and worth > error):
        return Taught([], gain, spread, worth, False)
    soft = soft_labels(fit_plain(both, y, spec, groups, weight, plain, seed), y)
    step()
    return Taught(soft, gain, spread, worth, True)


def soft_labels(teacher: LabelFedClassifier, y: np.ndarray) -> list[np.ndarray]:
    """Return what a teacher says of its own training rows, out of fold, mixed with their labels.

    Args:
        teacher: A blend, fitted on the rows.
        y: Their labels `(n, places)`.

    Returns:
        For each label column `(n, C)`; the teacher's alone where the label is unknown.
    """
    q = probabilities_of(teacher.out_of_fold_logits(), teacher.spec_)
    mixed = np.where(y == UNKNOWN, q, _OWN * q + (1 - _OWN) * (y == 1))
    return [column.probabilities(mixed) for column in teacher.spec_.label_columns]


def _mean_and_error(
    saved: np.ndarray, known: np.ndarray, groups: np.ndarray | None
) -> tuple[float, float]:
    """Return mean and standard error of what each known label saves; rows of a group are one."""
    units = np.arange(len(saved)) if groups is None else np.unique(groups, return_inverse=True)[1]
    count = max(int(known.sum()), 1)
    mean = float(saved[known].sum() / count)
    off = np.bincount(units, np.where(known, saved - mean, 0.0).sum(axis=1))
    return mean, float(np.sqrt((off**2).sum()) / count)
