"""How coherent a model is about labels: the mean over the answers, beside what it said before."""

from __future__ import annotations

from typing import Any

import numpy as np

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.known_share import leave_known
from labelfeed.metrics.coherence import coherence_gap
from labelfeed.models.wrapping import as_predictor
from labelfeed.predictors.rows import rows_at
from labelfeed.types import AnyModel, Features

__all__ = ["coherence"]

_ROWS, _QUESTIONS = 200, 12  # as many as are run, drawn by the seed


def coherence(
    model: AnyModel, x: Features, labels: np.ndarray, known_share: float = 0.5, seed: int = 0
) -> dict[str, Any]:
    """Return the mean gap between a probability and its mean over the answers to a question.

    `|P(a | K) - sum_s P(b = s | K) P(a | K, b = s)|`, see `coherence_gap`, over rows and pairs of
    labels a and b of different columns that K leaves unknown; a class of a column counts as one a.

    Args:
        model: A `Run`, or another model of several labels that `as_predictor` takes.
        x: Raw features.
        labels: Encoded labels `(n, places)`, of which K is drawn.
        known_share: Share of the labels in K, in [0, 1), beside nothing known.
        seed: Seed of which 200 rows and 12 questions are run where there are more, and of K.

    Returns:
        JSON types: `"rows"`, `"questions"`, and mean gaps `"nothing_known"` and `"partly_known"`
        with their `"known_share"`.

    Example:
        >>> from labelfeed import LabelFedClassifier
        >>> rng = np.random.default_rng(0)
        >>> X = rng.normal(size=(60, 2))
        >>> Y = (X[:, :1] + rng.normal(size=(60, 1)) > 0).astype(int).repeat(2, axis=1)
        >>> model = LabelFedClassifier("logistic").fit(X, Y)
        >>> coherence(model, X, Y)["nothing_known"] < 0.05
        True
    """
    predictor = as_predictor(model)
    spec, rng = predictor.spec, np.random.default_rng(seed)
    columns, count = spec.label_columns, len(labels)
    rows = np.sort(rng.permutation(count)[:_ROWS])
    asked = np.sort(rng.permutation(len(columns))[:_QUESTIONS])
    x = x if len(rows) == count else rows_at(x, rows)
    shown = leave_known(labels[rows], known_share, seed, spec)
    means = []
    for known in (np.full_like(shown, UNKNOWN), shown):
        now, gaps = predictor.probabilities(x, known), []
        for column in (columns[i] for i in asked):
            own = list(column.places)
            chance = column.probabilities(now)
            chance = chance / np.maximum(chance.sum(axis=1, keepdims=True), 1e-12)
            then = []
            for answer in range(column.num_classes):
                told = known.copy()
                column.put(told, np.full(len(told), answer))
                then.append(predictor.probabilities(x, told))
            scored = (known == UNKNOWN) & (known[:, own[:1]] == UNKNOWN)
            scored[:, own] = False
            gaps.append(coherence_gap(now, chance, np.stack(then))[scored])
        found = np.concatenate(gaps)
        means.append(float(found.mean()) if len(found) else None)
    return {
        "rows": len(rows),
        "questions": len(asked),
        "nothing_known": means[0],
        "partly_known": means[1],
        "known_share": known_share,
    }
