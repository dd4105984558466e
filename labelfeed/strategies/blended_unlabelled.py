"""Plain models of a table whose rows mostly have no label, and what pseudo-labels teach them."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable

import numpy as np

from labelfeed.data.dataset import Dataset
from labelfeed.estimators import LabelFedClassifier
from labelfeed.models.assembled import assembled
from labelfeed.options import StrategyOptions
from labelfeed.strategies.blended import Blended, fit_blended, member_losses, plain_models, telling
from labelfeed.strategies.plain_members import members_of
from labelfeed.unlabelled.joining import (
    NO_STUDENTS,
    NO_TEACHERS,
    join_students,
    not_tried,
    sample_of,
    suited,
)
from labelfeed.unlabelled.teaching import fit_students

__all__ = ["fit_blended_unlabelled"]


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
    predicts labels out of fold better (`labelfeed.unlabelled.joining.join_students`).

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
    reason = not_tried(len(labelled), len(free))
    if reason is not None:
        made = fit_blended(x[labelled], own, options, groups=belonging, on_member=on_member)
        return dataclasses.replace(made, said=f"pseudo-labels {reason}; {made.said}")
    sample = sample_of(free, rows.spec.num_classes, options.seed)
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
        teachers=members_of(options, suited(names, NO_TEACHERS)),
        students=members_of(options, suited(names, NO_STUDENTS)),
    )
    spent = time.perf_counter() - start
    plain = telling(members_of(options, names), on_member)
    alone = LabelFedClassifier(plain, rows.spec, read=False, seed=options.seed)
    alone.fit(x[labelled], own.labels, groups=belonging, sample_weight=own.weights)
    joined, found = join_students(
        alone, taught, x[labelled], own.states,
        groups=belonging, weight=own.weights, seed=options.seed,
    )  # fmt: skip
    some = "" if len(sample) == len(free) else f", a sample of {len(free):,},"
    said = f"pseudo-labels of {len(sample):,} rows{some} {found}; {joined.summary()}"
    seconds = {**alone.seconds_, "pseudo-labels": spent}
    return Blended(
        assembled(joined),
        said,
        {name: round(value, 2) for name, value in seconds.items()},
        members=len(names),
        losses=member_losses(joined),
    )
