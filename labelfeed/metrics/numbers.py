"""Scores of labels that are numbers: how far off the mean is, and whether the spread is honest."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.number import NumberRanges
from labelfeed.labels.spec import LabelSpec
from labelfeed.results import Result

__all__ = ["SHARE", "NumberScores", "mean_numbers", "number_scores", "scores_of_numbers"]

SHARE = 0.9
"""Share of rows that shall lie in their interval."""


@dataclasses.dataclass(frozen=True)
class NumberScores(Result):
    """Scores of predictions of a number.

    Args:
        rows: Scored rows.
        mae: Mean absolute error of the predicted mean, in the unit of the number.
        rmse: Root of its mean squared error, likewise.
        r2: `1 - rmse^2 / variance`: 0 is as good as always saying the mean of these rows.
        coverage: Share of rows between the 5 % and the 95 % quantile of what was predicted; .9
            where the spread is honest.
        spread: Mean predicted standard deviation.
    """

    rows: int
    mae: float
    rmse: float
    r2: float | None
    coverage: float
    spread: float


def number_scores(
    truth: np.ndarray,
    probabilities: np.ndarray,
    number: NumberRanges,
    weights: np.ndarray | None = None,
) -> NumberScores:
    """Score probabilities of ranges against the numbers themselves.

    Args:
        truth: The numbers `(n,)`, n >= 1, none NaN.
        probabilities: Of their ranges, `(n, ranges)`.
        number: The ranges, with means.
        weights: Weight of each row, >= 0; `None` counts each once.

    Example:
        >>> number = NumberRanges.of([20.0, 30, 40, 70], "age", [35])
        >>> found = number_scores(np.array([25.0, 65]), np.eye(2), number)
        >>> found.mae, found.r2, found.coverage
        (5.0, 0.875, 1.0)
    """
    mean, spread = number.mean_and_spread(probabilities)
    w = np.ones(len(truth)) if weights is None else weights
    low, high = (number.quantile(probabilities, q) for q in ((1 - SHARE) / 2, (1 + SHARE) / 2))
    error = truth - mean
    squared = float(np.average(error**2, weights=w))
    variance = float(np.average((truth - np.average(truth, weights=w)) ** 2, weights=w))
    return NumberScores(
        rows=len(truth),
        mae=float(np.average(np.abs(error), weights=w)),
        rmse=squared**0.5,
        r2=1 - squared / variance if variance > 0 else None,
        coverage=float(np.average((truth >= low) & (truth <= high), weights=w)),
        spread=float(np.average(spread, weights=w)),
    )


def scores_of_numbers(
    numbers: Mapping[str, np.ndarray],
    labels: np.ndarray,
    probabilities: np.ndarray,
    spec: LabelSpec,
    weights: np.ndarray | None = None,
) -> dict[str, NumberScores]:
    """Return the scores of each label column that is a number.

    Args:
        numbers: By column the numbers `(n,)`, NaN where unknown.
        labels: int labels `(n,)` or `(n, num_labels)`; what is -1 is not scored.
        probabilities: Array `(n, num_classes)`.
        spec: What the labels are.
        weights: Weights `(n,)` or `(n, num_labels)`, >= 0, or `None`.
    """
    found = {}
    for column in spec.label_columns:
        truth = numbers.get(column.name)
        if column.number is None or not column.number.means or truth is None:
            continue
        own = weights
        if own is not None and own.ndim > 1:
            own = own[:, column.places[0]]
        there = (column.ids(labels) != UNKNOWN) & ~np.isnan(truth)
        if own is not None:
            there &= own > 0
        if there.any():
            p = column.probabilities(probabilities)[there]
            of_rows = None if own is None else own[there]
            found[column.name] = number_scores(truth[there], p, column.number, of_rows)
    return found


def mean_numbers(drawn: Sequence[Mapping[str, NumberScores]]) -> dict[str, dict[str, Any]]:
    """Return the mean of each score of each number over draws that have it, as JSON types."""
    out: dict[str, dict[str, Any]] = {}
    for name in dict.fromkeys(name for draw in drawn for name in draw):
        scores = [dataclasses.asdict(draw[name]) for draw in drawn if name in draw]
        columns = {key: [s[key] for s in scores if s[key] is not None] for key in scores[0]}
        means = {key: float(np.mean(v)) if v else None for key, v in columns.items()}
        out[name] = {**means, "rows": round(means["rows"] or 0)}
    return out
