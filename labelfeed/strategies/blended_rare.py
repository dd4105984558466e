"""A cross-fitted plain model for rare classes, as one Keras model."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from labelfeed.data.dataset import Dataset
from labelfeed.estimators.classifier import LabelFedClassifier
from labelfeed.estimators.rare_blend import better_of_rare
from labelfeed.estimators.rare_rows import rare_rows
from labelfeed.labels.prior import even_prior, stated_prior, training_prior
from labelfeed.models.assembled import assembled
from labelfeed.options import StrategyOptions
from labelfeed.strategies.blended import Blended, fit_blended, member_losses, plain_models, telling
from labelfeed.strategies.plain_members import members_of

__all__ = ["fit_blended_rare"]


def fit_blended_rare(
    x: np.ndarray,
    rows: Dataset,
    options: StrategyOptions,
    *,
    groups: np.ndarray | None = None,
    on_member: Callable[[int, str, float], None] | None = None,
) -> Blended:
    """Cross-fit plain models on the rows as they are and with rare ones repeated; take the better.

    Which is better: see `labelfeed.estimators.rare_blend.better_of_rare`. Arguments and errors are
    those of `labelfeed.strategies.blended.fit_blended`.
    """
    y, spec = rows.states, rows.spec
    at = None if rows.soft is not None else rare_rows(y, spec, rows.weights, options.seed)
    if at is None:
        return fit_blended(x, rows, options, groups=groups, on_member=on_member)
    names = plain_models(options, rows)

    def fit(taken: np.ndarray, before: int) -> LabelFedClassifier:
        told = telling(members_of(options, names), on_member, before)
        made = LabelFedClassifier(told, spec, read=False, seed=options.seed)
        own, part = taken if groups is None else groups[taken], rows.take(taken)
        return made.fit(x[taken], part.labels, groups=own, sample_weight=part.weights)

    once, often = fit(np.arange(len(rows)), 0), fit(at, len(names))
    aim = even_prior(training_prior(rows.targets, spec, rows.weights), spec)
    if options.deploy_prior is not None:
        aim = stated_prior(options.deploy_prior, spec)
    best, less = better_of_rare(once, often, y, at, aim, rows.weights)
    taken = (
        f"repeated: {len(at):,} rows" if less else "as they are, since repeating saves too little"
    )
    seconds = {name: round(once.seconds_[name] + often.seconds_[name], 2) for name in once.seconds_}
    said = f"{best.summary()}; rows of rare classes {taken}"
    return Blended(assembled(best), said, seconds, 2 * len(names), member_losses(best))
