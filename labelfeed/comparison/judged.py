"""The result of one split: every contender fitted, and scored on the same rows."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from labelfeed.comparison.contenders import CONTENDERS
from labelfeed.comparison.design import Design, Point, PreparedSplit, split_of
from labelfeed.comparison.plain import plain_model, reads_labels
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.probabilities import score

__all__ = ["SCORED", "judged", "reliability_bins"]

SCORED = (
    "macro_auc", "average_precision", "accuracy", "balanced_accuracy", "macro_f1", "log_loss",
    "calibration_error",
)  # fmt: skip
_BINS = 10


def judged(
    design: Design,
    repeat: int,
    fold: int,
    deadline: float | None = None,
    clock: Callable[[], float] = time.time,
) -> dict[str, Any]:
    """Fit every contender on a split and score it; JSON types.

    Args:
        design: What is compared.
        repeat: Repeat of the split.
        fold: Fold of the split.
        deadline: Time, as `clock` tells it, after which nothing more is begun: what was judged is
            not enough then, and the result holds `"unfinished"` alone.
        clock: Tells the time in seconds.

    Returns:
        `"split"`, `"rows"` (training, test), `"took"` (seconds), and for each contender in
        `"contenders"` its `"seconds"`, `"scores"` by point, `"bins"` for its calibration and
        `"by"`, its scores by value of a column.
    """
    begun = start = clock()
    split = split_of(design, repeat, fold)
    reads = reads_labels(split) and any(CONTENDERS[n].on_readers for n in design.contenders)
    plain = plain_model(split, design.plain, split.seed, read=reads)
    readers = plain.seconds_.get("readers", 0.0)
    base = clock() - start - readers
    found: dict[str, Any] = {}
    for name in design.contenders:
        if deadline is not None and clock() > deadline:
            return {"unfinished": [repeat, fold]}
        start = clock()
        predict = CONTENDERS[name].fit(split, plain)
        probabilities = {at: predict(point) for at, point in split.points.items()}
        spent = clock() - start + (base if CONTENDERS[name].on_plain else 0.0)
        spent += readers if CONTENDERS[name].on_readers else 0.0
        found[name] = {"seconds": round(spent, 3), **_scored(design, split, probabilities)}
    return {
        "split": [repeat, fold],
        "rows": [len(split.x), len(split.test)],
        "took": round(clock() - begun, 3),
        "contenders": found,
    }


def _scored(design: Design, split: PreparedSplit, found: dict[str, np.ndarray]) -> dict[str, Any]:
    at = design.verdict_point
    point, p = split.points[at], found[at]
    by: dict[str, dict[str, Any]] = {}
    for column, words in design.by.items():
        own = words[split.test]
        for word in sorted(set(own.tolist())):
            rows = own == word
            some = Point(point.known[rows], point.sides[rows], point.scored[rows])
            weight = None if split.test_weight is None else split.test_weight[rows]
            by.setdefault(column, {})[word] = _scores(some, p[rows], split.spec, weight)
    return {
        "scores": {
            name: _scores(split.points[name], found[name], split.spec, split.test_weight)
            for name in split.points
        },
        "bins": reliability_bins(point.scored, p, split.spec),
        "by": by,
    }


def _scores(
    point: Point, p: np.ndarray, spec: LabelSpec, weight: np.ndarray | None
) -> dict[str, Any]:
    scored = score(point.scored, p, spec, weight)
    return {"labels": scored.labels, **{name: getattr(scored, name) for name in SCORED}}


def reliability_bins(
    labels: np.ndarray, probabilities: np.ndarray, spec: LabelSpec
) -> list[list[float]]:
    """Return for ten bins of probability how many there are, the sum of these, and of the truths.

    Of classes each counts by itself, against the others.

    Args:
        labels: As the spec encodes them, -1 where not scored.
        probabilities: `(n, num_classes)`.
        spec: What the labels are.

    Example:
        >>> p = np.array([[0.05], [0.95]])
        >>> bins = reliability_bins(np.array([[0], [1]]), p, LabelSpec.multi(1))
        >>> bins[0], bins[9]
        ([1, 0.05, 0], [1, 0.95, 1])
    """
    y = spec.label_columns[0].labels(labels) if spec.kind == "single" else np.asarray(labels)
    known = y != UNKNOWN
    p, true = probabilities[known], y[known] == 1
    at = np.minimum((p * _BINS).astype(int), _BINS - 1)
    return [
        [int((at == i).sum()), round(float(p[at == i].sum()), 5), int(true[at == i].sum())]
        for i in range(_BINS)
    ]
