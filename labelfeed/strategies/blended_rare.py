"""A cross-fitted plain model for rare classes: from which training rows it learns."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from labelfeed.data.dataset import Dataset
from labelfeed.estimators import LabelFedClassifier
from labelfeed.estimators.column_math import column_losses
from labelfeed.labels.prior import even_prior, prior_shift, stated_prior, training_prior
from labelfeed.models.assembled import assembled
from labelfeed.options import StrategyOptions
from labelfeed.strategies.blended import Blended, fit_blended, plain_models, telling
from labelfeed.strategies.plain_members import members_of
from labelfeed.strategies.rare_rows import rare_rows

__all__ = ["fit_blended_rare", "surely_less"]


def fit_blended_rare(
    x: np.ndarray,
    rows: Dataset,
    options: StrategyOptions,
    *,
    groups: np.ndarray | None = None,
    on_member: Callable[[int, str, float], None] | None = None,
) -> Blended:
    """Cross-fit plain models on the rows as they are and with rare ones repeated; take the better.

    The repeated rows are taken where they lose less out of fold, at the prior that is aimed at, by
    more than a standard error. Either way the probabilities are those at the shares of `rows`.
    Arguments and errors are those of `labelfeed.strategies.blended.fit_blended`.
    """
    at, names = rare_rows(rows, options.seed), plain_models(options, rows)
    if at is None:
        return fit_blended(x, rows, options, groups=groups, on_member=on_member)

    def fit(part: Dataset, taken: np.ndarray, before: int) -> LabelFedClassifier:
        told = telling(members_of(options, names), on_member, before)
        own = taken if groups is None else groups[taken]
        made = LabelFedClassifier(told, rows.spec, read=False, seed=options.seed)
        return made.fit(x[taken], part.labels, groups=own, sample_weight=part.weights)

    more = rows.take(at)
    once, often = fit(rows, np.arange(len(rows)), 0), fit(more, at, len(names))
    spec, trained = rows.spec, _shares(rows)
    aim = even_prior(trained, spec)
    if options.deploy_prior is not None:
        aim = stated_prior(options.deploy_prior, spec)
    back, shift = prior_shift(trained, _shares(more), spec), prior_shift(aim, trained, spec)
    y = rows.states
    first = np.unique(at, return_index=True)[1]  # of the copies of a row
    less = surely_less(
        column_losses(y, once.out_of_fold_logits() + shift, spec)[:, 0],
        column_losses(y, often.out_of_fold_logits()[first] + back + shift, spec)[:, 0],
        _at_prior(y, aim, trained) * (1.0 if rows.weights is None else rows.weights),
    )
    best = often if less else once
    if less:
        best.blend_ = dataclasses.replace(best.blend_, bias=best.blend_.bias + back)
    taken = (
        f"repeated: {len(at):,} rows" if less else "as they are, since repeating saves too little"
    )
    seconds = {name: round(once.seconds_[name] + often.seconds_[name], 2) for name in once.seconds_}
    said = f"{best.summary()}; rows of rare classes {taken}"
    return Blended(assembled(best), said, seconds, 2 * len(names))


def surely_less(first: np.ndarray, second: np.ndarray, weight: np.ndarray) -> bool:
    """Return whether the second losses are less, by more than a standard error of the mean.

    Args:
        first: Losses `(n,)`.
        second: Losses of the same rows.
        weight: `(n,)`, >= 0, of the rows.

    Example:
        >>> first, even = np.array([1.0, 1.0, 1.0]), np.ones(3)
        >>> surely_less(first, first - 0.1, even), surely_less(first, first + [0.5, 0, -0.6], even)
        (True, False)
    """
    gain = first - second
    total = max(weight.sum(), 1e-12)
    mean = float(weight @ gain / total)
    spread = float(np.sqrt(weight**2 @ (gain - mean) ** 2) / total)
    return mean > spread


def _shares(rows: Dataset) -> np.ndarray:
    return training_prior(rows.targets, rows.spec, rows.weights)


def _at_prior(y: np.ndarray, aim: np.ndarray, trained: np.ndarray) -> np.ndarray:
    """Return what each row weighs where classes are as frequent as aimed at; 0 if unknown."""
    yes = np.where(trained > 0, aim / np.maximum(trained, 1e-12), 0.0)
    if y.shape[1] > 1:
        return (y == 1) @ yes
    no = (1 - aim) / np.maximum(1 - trained, 1e-12)
    return ((y == 1) * yes + (y == 0) * no)[:, 0]
