"""Which rows stand for the training rows: as they are, repaired, taught, sorted, or repeated."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from labelfeed.data.dataset import Dataset
from labelfeed.estimators.rare_rows import rare_rows
from labelfeed.options import StrategyOptions
from labelfeed.strategies.agreed_rows import agreed_rows
from labelfeed.strategies.coarse_rows import coarse_rows
from labelfeed.strategies.repaired_rows import repaired_rows
from labelfeed.strategies.taught_rows import taught_rows

__all__ = ["RowsToLearn", "rows_to_learn"]


@dataclasses.dataclass(frozen=True)
class RowsToLearn:
    """What a model is fitted on.

    Args:
        x: Features `(m, d)`.
        rows: The rows that they belong to; a training row may stand there several times.
        groups: `(m,)`: what stays in one fold, copies of a row too; `None`: each row by itself.
        natural: Rows in which each class is as frequent as it truly is in training.
    """

    x: np.ndarray
    rows: Dataset
    groups: np.ndarray | None
    natural: Dataset


def rows_to_learn(
    x: np.ndarray,
    rows: Dataset,
    groups: np.ndarray | None,
    options: StrategyOptions,
    *,
    blended: bool,
    tell: Callable[[str], None],
    on_step: Callable[[int, int], None] | None = None,
) -> RowsToLearn:
    """Return what to fit on instead of the training rows.

    Args:
        x: Preprocessed features of the training rows.
        rows: The training rows.
        groups: `(n,)`, or `None`.
        options: Of the strategy.
        blended: Whether plain models are cross-fitted on them: those rare rows are not repeated
            for, since the blend chooses by itself.
        tell: Called with what was found.
        on_step: Called with the number of blends that have judged the rows, and that of all.

    Raises:
        DataError: Training-only columns cannot be learned from.
        NetworkError: The strategy and what the rows bring do not go together.
    """
    told = (options, tell, on_step)
    if rows.coarse is not None and not rows.coarse.known.any():  # a tree, for the scores alone
        rows = dataclasses.replace(rows, coarse=None)
    if rows.training_only is not None:
        return RowsToLearn(*taught_rows(x, rows, groups, *told), natural=rows)
    if rows.readings is not None:
        x, rows, groups = agreed_rows(x, rows, groups, *told)
        return RowsToLearn(x, rows, groups, natural=rows)
    if rows.coarse is not None:
        x, rows, groups = coarse_rows(x, rows, groups, *told)
        return RowsToLearn(x, rows, groups, natural=dataclasses.replace(rows, coarse=None))
    if options.strategy == "noisy-labels":
        x, rows, groups = repaired_rows(x, rows, groups, *told)
        return RowsToLearn(x, rows, groups, natural=rows)
    if options.strategy == "prior-adjusted" and not blended and rows.soft is None:
        at = rare_rows(rows.states, rows.spec, rows.weights, options.seed)
        if at is not None:
            own = None if groups is None else groups[at]
            return RowsToLearn(x[at], rows.take(at), own, natural=rows)
    return RowsToLearn(x, rows, groups, natural=rows)
