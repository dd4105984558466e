"""Plain models of a table whose rows mostly have no label, and what pseudo-labels teach them."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Sequence, Set

import numpy as np

from labelfeed.data.dataset import Dataset
from labelfeed.estimators import LabelFedClassifier
from labelfeed.estimators.blend import fit_blend
from labelfeed.estimators.column_math import column_losses
from labelfeed.estimators.member import CrossFitted, Member
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.assembled import assembled
from labelfeed.options import StrategyOptions
from labelfeed.strategies.blended import Blended, fit_blended, plain_models, telling
from labelfeed.strategies.plain_members import members_of
from labelfeed.unlabelled.teaching import fit_students, paired_gain

__all__ = ["fit_blended_unlabelled"]

_NUMBERS = 40_000  # rows without a label x places, of which a sample learns beyond that
_FEWEST, _MOST = 1000, 4000  # rows of that sample
_MANY = 10_000  # labelled rows, from which on pseudo-labels cost more time than they bring
_LEAST = 0.01  # of the log loss, below which a gain is not worth more models
# What takes most time for what it brings: boosted trees of few rows; a network as a student.
_NO_TEACHERS, _NO_STUDENTS = {"boosting"}, {"boosting", "network"}


def fit_blended_unlabelled(
    x: np.ndarray,
    rows: Dataset,
    options: StrategyOptions,
    *,
    groups: np.ndarray | None = None,
    on_member: Callable[[int, str, float], None] | None = None,
    on_step: Callable[[int, int], None] | None = None,
) -> Blended:
    """Cross-fit plain models with and without pseudo-labels, and blend them; one Keras model.

    Plain models learn from the labelled rows as `fit_blended` has them do. Others learn from
    pseudo-labels too (`labelfeed.unlabelled.fit_students`). They join the blend where it then
    predicts the labels of rows out of fold better than that of the plain models alone, its weights
    fitted on the other folds: by more than half the error of the gain, and 1 % of the loss.

    Arguments, result and errors are those of `labelfeed.strategies.blended.fit_blended`, and:

    Args:
        x: Of labelled and of other rows.
        rows: What they were made from.
        options: Of the strategy.
        groups: `(n,)`; rows without a label that belong to rows held out do not teach either.
        on_member: Called after each plain model.
        on_step: Called with the number of fits done on pseudo-labels, from 0, and of all.
    """
    labelled = np.flatnonzero(rows.labelled)
    free = np.flatnonzero(~rows.labelled)
    own = rows.take(labelled)
    belonging = None if groups is None else groups[labelled]
    reason = _not_tried(len(labelled), len(free))
    if reason is not None:
        made = fit_blended(x[labelled], own, options, groups=belonging, on_member=on_member)
        return dataclasses.replace(made, said=f"pseudo-labels {reason}; {made.said}")
    sample = _sample(free, rows.spec.num_classes, options.seed)
    used = np.sort(np.concatenate([labelled, sample]))
    names = plain_models(options, rows)
    start = time.perf_counter()
    part = rows.take(used)
    taught = fit_students(
        x[used],
        part.states,
        rows.spec,
        groups=None if groups is None else groups[used],
        weight=part.weights,
        seed=options.seed,
        on_step=on_step,
        teachers=_without(options, names, _NO_TEACHERS),
        students=_without(options, names, _NO_STUDENTS),
    )
    spent = time.perf_counter() - start
    plain = telling(members_of(options, names), on_member)
    alone = LabelFedClassifier(plain, rows.spec, read=False, seed=options.seed)
    alone.fit(x[labelled], own.labels, groups=belonging, sample_weight=own.weights)
    members = [*alone.members_, *taught.members]
    gain, error, loss = _gain(alone, members, own.states, rows.spec)
    pays = gain > max(error / 2, _LEAST * loss)
    ready = [_Ready(member) for member in (members if pays else alone.members_)]
    classifier = LabelFedClassifier(ready, rows.spec, seed=options.seed)
    classifier.fit(x[labelled], own.labels, groups=belonging, sample_weight=own.weights)
    some = "" if len(sample) == len(free) else f", a sample of {len(free):,},"
    said = (
        f"pseudo-labels of {len(sample):,} rows{some} {'taken' if pays else 'not taken'}: out of "
        f"fold they {'save' if gain >= 0 else 'cost'} {abs(gain):.3f} +- {error:.3f} a row"
    )
    seconds = {**alone.seconds_, "pseudo-labels": spent}
    return Blended(
        assembled(classifier),
        f"{said}; {classifier.summary()}",
        {name: round(value, 2) for name, value in seconds.items()},
        members=len(names),
    )


def _without(options: StrategyOptions, names: Sequence[str], left_out: Set[str]) -> list[Member]:
    kept = [name for name in names if name not in left_out or len(names) == 1]
    return members_of(options, kept)


def _not_tried(labelled: int, free: int) -> str | None:
    if not free:
        return "not tried, as every row has a label"
    if labelled >= _MANY:
        return f"not tried with {_MANY:,} labelled rows or more"
    if free < labelled / 10:
        return f"not tried with {free:,} rows without a label beside {labelled:,} with one"
    return None


def _sample(free: np.ndarray, places: int, seed: int) -> np.ndarray:
    most = int(np.clip(_NUMBERS // places, _FEWEST, _MOST))
    if len(free) <= most:
        return free
    return np.random.default_rng(seed).permutation(free)[:most]


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


@dataclasses.dataclass(frozen=True, eq=False)
class _Ready:
    """A member that has been fitted on these very rows."""

    fitted: CrossFitted

    @property
    def name(self) -> str:
        """Name of the member."""
        return self.fitted.name

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
        return self.fitted
