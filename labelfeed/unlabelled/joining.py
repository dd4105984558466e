"""Students of pseudo-labels beside the plain models, where the blend is better with them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labelfeed.estimators.blend import fit_blend
from labelfeed.estimators.classifier import LabelFedClassifier
from labelfeed.estimators.column_math import column_losses
from labelfeed.estimators.member import CrossFitted, Ready
from labelfeed.labels.spec import LabelSpec
from labelfeed.unlabelled.teaching import Students, paired_gain

__all__ = ["NO_STUDENTS", "NO_TEACHERS", "join_students", "not_tried", "sample_of", "suited"]

# What takes most time for what it brings: boosted trees of few rows; a network as a student.
NO_TEACHERS, NO_STUDENTS = frozenset({"boosting"}), frozenset({"boosting", "network"})

_NUMBERS = 40_000  # rows without a label x places, of which a sample learns beyond that
_FEWEST, _MOST = 1000, 4000  # rows of that sample
_MANY = 10_000  # labelled rows, from which on pseudo-labels cost more time than they bring
_LEAST = 0.01  # of the log loss, below which a gain is not worth more models


def suited(names: Sequence[str], left_out: frozenset[str]) -> list[str]:
    """Return the plain models that teach, or that learn from pseudo-labels.

    Args:
        names: Those of the blend; one alone is never left out.
        left_out: `NO_TEACHERS` or `NO_STUDENTS`.

    Example:
        >>> suited(["logistic", "boosting"], NO_TEACHERS), suited(["boosting"], NO_TEACHERS)
        (['logistic'], ['boosting'])
    """
    return [name for name in names if name not in left_out or len(names) == 1]


def not_tried(labelled: int, free: int) -> str | None:
    """Return why rows without a label are not worth trying; `None` where they are.

    Args:
        labelled: Rows with a label.
        free: Rows without one.

    Example:
        >>> not_tried(100, 0), not_tried(100, 50)
        ('not tried, as every row has a label', None)
    """
    if not free:
        return "not tried, as every row has a label"
    if labelled >= _MANY:
        return f"not tried with {_MANY:,} labelled rows or more"
    if free < labelled / 10:
        return f"not tried with {free:,} rows without a label beside {labelled:,} with one"
    return None


def sample_of(free: np.ndarray, places: int, seed: int) -> np.ndarray:
    """Return the rows without a label that learn: all, or a sample of many.

    Args:
        free: Their positions.
        places: Entries of a label.
        seed: Of the sample.
    """
    most = int(np.clip(_NUMBERS // places, _FEWEST, _MOST))
    if len(free) <= most:
        return free
    return np.random.default_rng(seed).permutation(free)[:most]


def join_students(
    alone: LabelFedClassifier,
    students: Students,
    x: np.ndarray,
    y: np.ndarray,
    *,
    groups: np.ndarray | None = None,
    weight: np.ndarray | None = None,
    seed: int = 0,
) -> tuple[LabelFedClassifier, str]:
    """Return the blend with the students, where they pay, and what was found, in words.

    They join where the blend, its weights fitted on the other folds, then predicts the labels of
    rows out of fold better than that of the plain models alone: by more than half the error of the
    gain, and 1 % of the loss.

    Args:
        alone: The blend of the plain models, fitted on the labelled rows.
        students: Fitted on these and on rows without a label.
        x: Features of the labelled rows, `(n, d)`.
        y: Their labels `(n, places)`.
        groups: `(n,)`: rows of one group never stand on both sides of a fold.
        weight: `(n,)`, of the rows.
        seed: As of `alone`.
    """
    spec = alone.spec_
    members = [*alone.members_, *students.members]
    gain, error, loss = _gain(alone, members, y, spec)
    pays = gain > max(error / 2, _LEAST * loss)
    ready = [Ready(member) for member in (members if pays else alone.members_)]
    joined = LabelFedClassifier(ready, spec, seed=seed)
    labels = spec.label_columns[0].ids(y) if spec.kind == "single" else y
    joined.fit(x, labels, groups=groups, sample_weight=weight)
    said = (
        f"{'taken' if pays else 'not taken'}: out of fold they {'save' if gain >= 0 else 'cost'} "
        f"{abs(gain):.3f} +- {error:.3f} a row"
    )
    return joined, said


def _gain(
    alone: LabelFedClassifier, members: Sequence[CrossFitted], y: np.ndarray, spec: LabelSpec
) -> tuple[float, float, float]:
    """Return what a row gains by all over the plain blend, the error of that, what plain loses."""
    folds, plain = alone.folds_, len(alone.members_)
    losses = np.zeros((2, len(y)))
    for fold in np.unique(folds):
        inside = folds == fold
        for place, some in enumerate((members[:plain], members)):
            blend = fit_blend([m.oof[~inside] for m in some], y[~inside], spec)
            z = blend.logits([m.oof[inside] for m in some])
            losses[place, inside] = column_losses(y[inside], z, spec).sum(axis=1)
    return *paired_gain(losses[0], losses[1]), float(losses[0].mean())
