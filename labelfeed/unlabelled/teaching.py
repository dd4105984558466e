"""Rows without a label teach plain models: pseudo-labels that the label in question never reached.

Why so: a pseudo-label that repeats the error of its teacher makes the next teacher surer of it.
Whether pseudo-labels help is told by labelled rows whose labels neither teacher nor student saw.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np

from labelfeed.estimators.blend import fit_blend
from labelfeed.estimators.classifier import LabelFedClassifier
from labelfeed.estimators.column_math import column_losses, known_columns
from labelfeed.estimators.folds import deal_folds
from labelfeed.estimators.kept_fits import cross_fitted
from labelfeed.estimators.member import CrossFitted, Member
from labelfeed.labels.spec import LabelSpec
from labelfeed.unlabelled.pseudo_labels import Smoothing, choose_smoothing, pseudo_rows
from labelfeed.unlabelled.spreading import near_rows

__all__ = ["Students", "fit_students", "paired_gain"]

_FEW = 600  # labelled rows, up to which there are five folds, else three
_INNER = 2  # folds in which a student chooses its own settings


@dataclasses.dataclass(frozen=True, eq=False)
class Students:
    """What `fit_students` returns.

    Args:
        members: The students: `.oof` `(labelled rows, places)`, logits of models that saw the label
            neither directly nor through pseudo-labels; `.final`, which predicts new rows.
        smoothing: How far pseudo-labels were smoothed over near rows, in the last round taken.
        rounds: Rounds taken, 1 or more.
        losses: Out-of-fold log loss of the students of each round tried; nats a label.
        sureness: Mean out-of-fold probability of the likeliest pseudo-label.
    """

    members: list[CrossFitted]
    smoothing: Smoothing
    rounds: int
    losses: list[float]
    sureness: float


@dataclasses.dataclass(frozen=True, eq=False)
class _Part:
    """One fold: who teaches, who learns, and what the teachers say of all rows."""

    taught: np.ndarray  # labelled rows that teachers and students see
    learned: np.ndarray  # these, and the rows without a label
    logits: np.ndarray


def fit_students(
    x: np.ndarray,
    y: np.ndarray,
    spec: LabelSpec,
    *,
    teachers: Sequence[Member],
    students: Sequence[Member],
    groups: np.ndarray | None = None,
    weight: np.ndarray | None = None,
    rounds: int = 2,
    seed: int = 0,
    on_step: Callable[[int, int], None] | None = None,
) -> Students:
    """Fit plain models on labelled rows and on rows with pseudo-labels.

    For each fold of the labelled rows, and once with none held out: a blend of the teachers is
    cross-fitted on the other labelled rows; what it says of all rows is smoothed over near rows
    (`spread_labels`) and sharpened, as far as held-out labels lose least; the students learn from
    the labels and from that. In a further round the students are the teachers: it is tried where
    the first has gained more than its standard error, and taken where it does.

    Args:
        x: Features `(n, d)` of all rows, on one scale, finite.
        y: Labels `(n, places)` of 1, 0, -1 (unknown); rows that are unknown throughout are the ones
            without a label.
        spec: What the labels are.
        teachers: Plain models that are blended into the first teacher.
        students: Plain models that learn.
        groups: `(n,)`: rows of a group held out do not teach either, those without a label too.
        weight: `(n,)`, of the rows.
        rounds: Most rounds, >= 1.
        seed: Seed of everything drawn.
        on_step: Called with the number of fits done, from 0, and the most there can be.

    Raises:
        EstimatorError: The rows cannot be learned from.

    References:
        Lee 2013, Pseudo-label; Arazo et al. 2020, Pseudo-labeling and confirmation bias.
    """
    known = known_columns(y, spec)
    labelled = np.flatnonzero(known.any(axis=1))
    own = None if groups is None else groups[labelled]
    count = 5 if len(labelled) <= _FEW else 3
    folds = deal_folds(y[labelled], count, groups=own, seed=seed + 1)
    numbers = [*np.unique(folds).tolist(), None]
    steps = len(numbers) * (1 + rounds * len(students))
    graph = near_rows(x)
    parts: list[_Part] = []
    for fold in numbers:
        _tell(on_step, len(parts), steps)
        taught = labelled if fold is None else labelled[folds != fold]
        blend = LabelFedClassifier(list(teachers), spec, folds=3, read=False, seed=seed)
        blend.fit(
            x[taught],
            _given(y[taught], spec),
            groups=None if groups is None else groups[taught],
            sample_weight=None if weight is None else weight[taught],
        )
        free = ~known.any(axis=1)
        if fold is not None and groups is not None:
            free &= ~np.isin(groups, groups[labelled[folds == fold]])
        learned = np.union1d(taught, np.flatnonzero(free))
        parts.append(_Part(taught, learned, blend.plain_logits(x)))
    done: list[tuple[list[CrossFitted], Smoothing, float]] = []
    losses: list[np.ndarray] = [_row_losses([_held(parts, folds, labelled)], y[labelled], spec)]
    for number in range(rounds):
        smoothing, pseudo = choose_smoothing(
            graph, [part.logits for part in parts], [part.taught for part in parts],
            y, spec, folds, labelled,
        )  # fmt: skip
        fitted, logits = [], [np.zeros(y.shape) for _ in parts]
        oof = [np.zeros((len(labelled), y.shape[1])) for _ in students]
        for at, (fold, part) in enumerate(zip(numbers, parts, strict=True)):
            rows, labels, share = pseudo_rows(pseudo[at], part.learned, spec, seed)
            inner = deal_folds(labels, _INNER, groups=rows, seed=seed)
            w = share if weight is None else share * weight[rows]
            for place, student in enumerate(students):
                fits = (number * len(parts) + at) * len(students) + place
                _tell(on_step, len(parts) + fits, steps)
                found = cross_fitted(
                    student, x[rows], labels, spec, inner, sample_weight=w / w.mean(), seed=seed
                )
                assert found.final is not None
                said = found.final.logits(x)
                logits[at] += said / len(students)
                if fold is None:
                    name = f"{found.name} on pseudo-labels"
                    fitted.append(CrossFitted(name, oof[place], found.final, found.note))
                else:
                    oof[place][folds == fold] = said[labelled[folds == fold]]
        losses.append(_row_losses(oof, y[labelled], spec))
        gain, error = paired_gain(losses[-2], losses[-1])
        if number and gain <= error:
            break
        sure = float(np.mean([p.max(axis=1).mean() for p in pseudo[-1]]))
        done.append((fitted, smoothing, sure))
        if gain <= error:
            break
        parts = [dataclasses.replace(p, logits=z) for p, z in zip(parts, logits, strict=True)]
    _tell(on_step, steps, steps)
    members, smoothing, sure = done[-1]
    mean = [float(one.sum() / known[labelled].sum()) for one in losses[1:]]
    return Students(members, smoothing, len(done), mean, sure)


def paired_gain(before: np.ndarray, after: np.ndarray) -> tuple[float, float]:
    """Return by how much a row loses less, in the mean, and the standard error of that.

    Example:
        >>> paired_gain(np.array([1.0, 2.0]), np.array([0.5, 1.5]))
        (0.5, 0.0)
    """
    gain = before - after
    return float(gain.mean()), float(gain.std() / max(len(gain), 1) ** 0.5)


def _held(parts: Sequence[_Part], folds: np.ndarray, labelled: np.ndarray) -> np.ndarray:
    """Return logits of each labelled row by the teachers that did not see it."""
    out = np.zeros((len(labelled), parts[0].logits.shape[1]))
    for fold, part in enumerate(parts[:-1]):
        out[folds == fold] = part.logits[labelled[folds == fold]]
    return out


def _row_losses(logits: Sequence[np.ndarray], y: np.ndarray, spec: LabelSpec) -> np.ndarray:
    """Return the log loss of each row under the blend of some logits."""
    found = fit_blend(list(logits), y, spec)
    return column_losses(y, found.logits(list(logits)), spec).sum(axis=1)


def _given(y: np.ndarray, spec: LabelSpec) -> np.ndarray:
    return y if spec.kind == "multi" else spec.label_columns[0].ids(y)


def _tell(on_step: Callable[[int, int], None] | None, done: int, total: int) -> None:
    if on_step is not None:
        on_step(done, total)
