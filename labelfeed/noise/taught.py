"""Soft labels from a teacher that sees what only training sees, where they pay out of fold."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
from sklearn.neighbors import NearestNeighbors

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
from labelfeed.noise.honest import fit_soft
from labelfeed.types import Plain

__all__ = ["WAYS", "Taught", "lessons", "teach"]

WAYS = ("own", "others")
_OWN = 0.75  # share of the teacher in the soft labels, beside the given label
_OUTER = 3  # parts of the rows, of which each scores students of the others
_DRAWS = 4  # of other rows' training-only columns
_NEAR = 0.1  # share of the rows that they are drawn from: those predicted alike


@dataclasses.dataclass(frozen=True, eq=False)
class Taught:
    """What a teacher is worth to a student that does not see its columns.

    Args:
        way: Which soft labels pay, one of `WAYS`; `None`: none do, train on the labels as they are.
        posteriors: For each label column the soft labels `(n, C)` of that way; empty for `None`.
        gains: Nats a label that a student of each way saves on rows that it did not see, by way.
        spreads: Standard error of each gain.
        teacher: Nats a label that the columns themselves save as features: the upper bound.
    """

    way: str | None
    posteriors: list[np.ndarray]
    gains: dict[str, float]
    spreads: dict[str, float]
    teacher: float


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

    The teacher is a blend of plain models with the training-only columns z as features. Its
    out-of-fold probabilities become the labels of a student without them, in two ways:

    - `own`: `p(y | x, z)` of the row's own z, mixed with the given label (generalized
      distillation): it is smoother than the label where z tells how far to trust it.
    - `others`: the mean of `p(y | x, z')` over z' of rows that are predicted alike without z. That
      is `p(y | x)` as the teacher sees it, who need not take for noise what z explains.

    Which one is taken is judged on rows that neither teacher nor student has seen: the one that
    saves most log loss of the given labels there, if that is more than its standard error.

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
        information; Collier et al. 2022, Transfer and marginalize.
    """
    folds = deal_folds(y, _OUTER, groups=groups, seed=seed + 1)
    parts = np.unique(folds)
    known = known_columns(y, spec)
    losses = {name: np.zeros(known.shape) for name in ("plain", "teacher", *WAYS)}
    total, done = len(parts) * 4 + 2, 0

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

        def score(name: str, p: np.ndarray, held: np.ndarray = held) -> None:
            losses[name][held] = column_losses(y[held], logits_of(p, spec), spec)

        usual = _fitted(x[rows], y[rows], spec, own, w, plain, seed)
        score("plain", usual.predict_proba(x[held]))
        step()
        teacher, soft = lessons(usual, x[rows], hidden[rows], y[rows], spec, own, w, plain, seed)
        score("teacher", teacher.predict_proba(np.hstack([x[held], hidden[held]])))
        step()
        for way in WAYS:
            student = fit_soft(x[rows], soft[way], y[rows], spec, own, w, plain, seed)
            score(way, student.predict_proba(x[held]))
            step()
    gains, spreads = {}, {}
    for name in ("teacher", *WAYS):
        gains[name], spreads[name] = _mean_and_error(losses["plain"] - losses[name], known, groups)
    best = max(WAYS, key=lambda way: gains[way])
    worth = gains.pop("teacher")
    spreads.pop("teacher")
    if gains[best] <= spreads[best]:
        return Taught(None, [], gains, spreads, worth)
    usual = _fitted(x, y, spec, groups, weight, plain, seed)
    step()
    _, soft = lessons(usual, x, hidden, y, spec, groups, weight, plain, seed)
    step()
    return Taught(best, soft[best], gains, spreads, worth)


def _fitted(
    x: np.ndarray,
    y: np.ndarray,
    spec: LabelSpec,
    groups: np.ndarray | None,
    weight: np.ndarray | None,
    plain: Plain,
    seed: int,
) -> LabelFedClassifier:
    model = LabelFedClassifier(plain, spec, read=False, seed=seed)
    given = y if spec.kind == "multi" else spec.label_columns[0].ids(y)
    return model.fit(x, given, groups=groups, sample_weight=weight)


def lessons(
    usual: LabelFedClassifier,
    x: np.ndarray,
    hidden: np.ndarray,
    y: np.ndarray,
    spec: LabelSpec,
    groups: np.ndarray | None = None,
    weight: np.ndarray | None = None,
    plain: Plain = "auto",
    seed: int = 0,
) -> tuple[LabelFedClassifier, dict[str, list[np.ndarray]]]:
    """Return a teacher, and by way its out-of-fold soft labels for each column of labels.

    Copies of each row with the columns of others are unknown rows of its own group: no model that
    judges one has seen the row.

    Args:
        usual: A blend fitted on the same rows without the training-only columns.
        x: As for `teach`.
        hidden: As for `teach`.
        y: As for `teach`.
        spec: As for `teach`.
        groups: As for `teach`.
        weight: As for `teach`.
        plain: As for `teach`.
        seed: As for `teach`.
    """
    n, rng = len(x), np.random.default_rng(seed)
    alike = _out_of_fold(usual)
    near = min(max(20, int(_NEAR * n)), n)
    found = NearestNeighbors(n_neighbors=near).fit(alike).kneighbors(alike, return_distance=False)
    drawn = [found[np.arange(n), rng.integers(0, near, n)] for _ in range(_DRAWS)]
    copies = [np.hstack([x, hidden[at]]) for at in (np.arange(n), *drawn)]
    units = np.arange(n) if groups is None else np.asarray(groups)
    teacher = _fitted(
        np.concatenate(copies),
        np.concatenate([y, *[np.full_like(y, UNKNOWN)] * _DRAWS]),
        spec,
        np.tile(units, _DRAWS + 1),
        None if weight is None else np.tile(weight, _DRAWS + 1),
        plain,
        seed,
    )
    q = _out_of_fold(teacher).reshape(_DRAWS + 1, n, -1)
    own, others = q[0], q[1:].mean(axis=0)
    mixed = np.where(y == UNKNOWN, own, _OWN * own + (1 - _OWN) * (y == 1))
    columns = spec.label_columns
    return teacher, {
        "own": [column.probabilities(mixed) for column in columns],
        "others": [column.probabilities(others) for column in columns],
    }


def _out_of_fold(model: LabelFedClassifier) -> np.ndarray:
    return probabilities_of(model.blend_.logits([m.oof for m in model.members_]), model.spec_)


def _mean_and_error(
    saved: np.ndarray, known: np.ndarray, groups: np.ndarray | None
) -> tuple[float, float]:
    """Return mean and standard error of what each known label saves; rows of a group are one."""
    units = np.arange(len(saved)) if groups is None else np.unique(groups, return_inverse=True)[1]
    count = max(int(known.sum()), 1)
    mean = float(saved[known].sum() / count)
    off = np.bincount(units, np.where(known, saved - mean, 0.0).sum(axis=1))
    return mean, float(np.sqrt((off**2).sum()) / count)
