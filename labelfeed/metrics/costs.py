"""Scores of mistakes that cost differently, and the decision of least expected cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from labelfeed.types import ArrayLike

__all__ = ["least_cost", "tree_scores"]


def least_cost(probabilities: ArrayLike, cost: ArrayLike) -> np.ndarray:
    """Return the class of least expected cost, `argmin_k sum_c p_c cost[c, k]`, ids `(n,)`.

    Args:
        probabilities: `(n, C)`.
        cost: `(C, C)`, rows true, columns predicted.

    Raises:
        ValueError: The shapes do not fit.

    Example:
        >>> p = np.array([[0.4, 0.3, 0.3]])
        >>> least_cost(p, [[0, 4, 4], [4, 0, 1], [4, 1, 0]]).tolist()
        [1]
    """
    p, costs = np.asarray(probabilities, float), np.asarray(cost, float)
    if p.ndim != 2 or costs.shape != (p.shape[1],) * 2:
        raise ValueError(
            f"Expected probabilities (n, C) and cost (C, C), got {p.shape} and {costs.shape}."
        )
    found: np.ndarray = (p @ costs).argmin(axis=1)
    return found


def tree_scores(
    labels: np.ndarray,
    probabilities: np.ndarray,
    cost: np.ndarray,
    levels: Mapping[str, np.ndarray],
) -> dict[str, Any]:
    """Return what mistakes cost in a tree of classes, as JSON types.

    Args:
        labels: True ids `(n,)`, all known.
        probabilities: `(n, C)`.
        cost: `(C, C)`, as of `least_cost`.
        levels: By level, the coarsest first, the id of the coarse class of each class.

    Returns:
        `"cost"`: mean cost of the most probable class; `"least_cost"`: that of `least_cost`;
        `"levels"`: by level the share of rows whose most probable coarse class is right.
    """
    best = probabilities.argmax(axis=1)
    careful = least_cost(probabilities, cost)
    accuracy = {}
    for name, of in levels.items():
        summed = probabilities @ np.eye(int(of.max()) + 1)[of]
        accuracy[name] = float((summed.argmax(axis=1) == of[labels]).mean())
    return {
        "cost": float(cost[labels, best].mean()),
        "least_cost": float(cost[labels, careful].mean()),
        "levels": accuracy,
    }
