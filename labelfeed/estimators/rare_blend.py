"""A cross-fitted plain blend for rare classes: from which training rows it learns."""

from __future__ import annotations

import dataclasses

import numpy as np

from labelfeed.estimators.classifier import LabelFedClassifier
from labelfeed.estimators.column_math import column_losses
from labelfeed.labels.prior import prior_shift, training_prior
from labelfeed.labels.spec import LabelSpec

__all__ = ["better_of_rare", "surely_less"]


def better_of_rare(
    once: LabelFedClassifier,
    often: LabelFedClassifier,
    y: np.ndarray,
    at: np.ndarray,
    aim: np.ndarray,
    weight: np.ndarray | None = None,
) -> tuple[LabelFedClassifier, bool]:
    """Return the blend of the rows as they are, or the one fitted with rare rows repeated.

    The latter is taken where it loses less out of fold, at the prior that is aimed at, by more than
    a standard error. Either way the probabilities are those at the shares of the rows.

    Args:
        once: The blend, fitted on the rows.
        often: The blend, fitted on the rows `at`, the copies of a row in one fold.
        y: Labels `(n, places)` of 1, 0, -1 (unknown), of one column.
        at: Positions of the rows, some several times: from `rare_rows`.
        aim: The prior, `(places,)`.
        weight: `(n,)`, of the rows.

    Returns:
        The blend, and whether it is the one of the repeated rows.
    """
    spec = once.spec_
    trained = _shares(y, spec, weight)
    repeated = _shares(y[at], spec, None if weight is None else weight[at])
    back, shift = prior_shift(trained, repeated, spec), prior_shift(aim, trained, spec)
    first = np.unique(at, return_index=True)[1]  # of the copies of a row
    less = surely_less(
        column_losses(y, once.out_of_fold_logits() + shift, spec)[:, 0],
        column_losses(y, often.out_of_fold_logits()[first] + back + shift, spec)[:, 0],
        _at_prior(y, aim, trained) * (1.0 if weight is None else weight),
    )
    if not less:
        return once, False
    often.blend_ = dataclasses.replace(often.blend_, bias=often.blend_.bias + back)
    return often, True


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


def _shares(y: np.ndarray, spec: LabelSpec, weight: np.ndarray | None) -> np.ndarray:
    labels = spec.label_columns[0].ids(y) if spec.kind == "single" else y
    return training_prior(labels, spec, weight)


def _at_prior(y: np.ndarray, aim: np.ndarray, trained: np.ndarray) -> np.ndarray:
    """Return what each row weighs where classes are as frequent as aimed at; 0 if unknown."""
    yes = np.where(trained > 0, aim / np.maximum(trained, 1e-12), 0.0)
    if y.shape[1] > 1:
        return (y == 1) @ yes
    no = (1 - aim) / np.maximum(1 - trained, 1e-12)
    return ((y == 1) * yes + (y == 0) * no)[:, 0]
