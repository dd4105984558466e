"""How many iterations of boosted trees: as many as the budget allows, as few as folds ask for."""

from __future__ import annotations

import numpy as np

from labelfeed.estimators.column_math import column_losses, column_of_place
from labelfeed.labels.spec import LabelSpec

__all__ = ["best_stages", "fewer_steps", "stage_losses"]

_TOGETHER = 2.0  # how often the mean column counts when a column chooses its iterations


def fewer_steps(iterations: int, rate: float, over: float, every: int) -> tuple[int, float]:
    """Return iterations and learning rate that keep a budget: fewer and larger steps beyond it.

    Args:
        iterations: As many as are wanted.
        rate: Learning rate with these.
        over: What they take, in budgets.
        every: Iterations of a stage; those returned are whole stages, at least one.

    Example:
        >>> fewer_steps(200, 0.1, 0.5, 10), fewer_steps(200, 0.1, 2.0, 10)
        ((200, 0.1), (100, 0.2))
    """
    factor = float(np.clip(over, 1.0, 4.0))
    return max(int(iterations / factor) // every, 1) * every, min(rate * factor, 0.3)


def stage_losses(staged: np.ndarray, y: np.ndarray, spec: LabelSpec, w: np.ndarray) -> np.ndarray:
    """Return what each stage loses in each column, `(stages, columns)`.

    A column with few rows chooses badly by itself: what all columns want counts too.

    Args:
        staged: Out-of-fold logits `(stages, n, places)` after each stage.
        y: Labels `(n, places)`, -1 where unknown.
        spec: What the labels are.
        w: `(n,)`, of the rows.
    """
    losses = np.stack([w @ column_losses(y, z.astype(np.float64), spec) for z in staged])
    return losses + _TOGETHER * losses.mean(axis=1, keepdims=True)


def best_stages(
    staged: np.ndarray, y: np.ndarray, spec: LabelSpec, w: np.ndarray, every: int
) -> tuple[np.ndarray, list[int]]:
    """Return float64 logits `(n, places)` of each column's best stage, and its iterations.

    Arguments are those of `stage_losses`, and `every`, the iterations of a stage.
    """
    best = stage_losses(staged, y, spec, w).argmin(axis=0)
    own = best[column_of_place(spec)]
    oof = np.take_along_axis(staged, own[None, None], axis=0)[0].astype(np.float64)
    return oof, [(int(stage) + 1) * every for stage in best]
