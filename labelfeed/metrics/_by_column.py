"""Scores column by column: of classes, of yes/no labels, of ordered ones."""

from __future__ import annotations

import numpy as np

from labelfeed.labels.columns import LabelColumn
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics._weighted import macro_f1, mean
from labelfeed.metrics.ordered import median_ranks, rank_scores


def _of_column(
    column: LabelColumn, labels: np.ndarray, probabilities: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a column's known ids, its probabilities and its weights."""
    ids = column.ids(labels)
    known = ids != UNKNOWN
    own = weights if weights.ndim == 1 else weights[:, list(column.places)].max(axis=1)
    return ids[known], column.probabilities(probabilities)[known], own[known]


def by_column(
    labels: np.ndarray, probabilities: np.ndarray, spec: LabelSpec, weights: np.ndarray
) -> tuple[np.ndarray, list[float], np.ndarray, np.ndarray]:
    """Return whether each known column is right, balanced accuracies, likelihoods, weights."""
    right, balanced, likelihood, of_column = [], [], [], []
    for column in spec.label_columns:
        truth, p, w = _of_column(column, labels, probabilities, weights)
        found = _called(column, p)
        right.append(found == truth)
        likelihood.append(p[np.arange(len(truth)), truth])
        of_column.append(w)
        if len(truth):
            shares = [mean(right[-1], w, truth == c) for c in np.unique(truth)]
            balanced.append(float(np.mean(shares)))
    joined = np.concatenate
    return joined(right), balanced, joined(likelihood), joined(of_column)


def _called(column: LabelColumn, p: np.ndarray) -> np.ndarray:
    """Return the predicted ids; as elsewhere yes at one half, where argmax would say no."""
    return p.argmax(axis=1) if column.of_classes else (p[:, 1] >= 0.5).astype(int)


def of_rare(
    labels: np.ndarray, probabilities: np.ndarray, spec: LabelSpec, weights: np.ndarray
) -> dict[str, float | None]:
    """Return macro-F1, and what is rarest; numbers in ranges do not count."""
    scores, shares = [], []
    for column in spec.label_columns:
        truth, p, w = _of_column(column, labels, probabilities, weights)
        if len(truth):
            scores.append(macro_f1(_called(column, p), truth, w))
            counts = np.bincount(truth, weights=w, minlength=column.num_classes)
            if column.number is None and (counts > 0).sum() > 1:
                share = float(counts[counts > 0].min() / counts.sum())
                shares.append((share * column.num_classes, share))
    below, rarest = min(shares, default=(None, None))
    macro = float(np.mean(scores)) if scores else None
    return {"macro_f1": macro, "rarest": rarest, "rarest_of_even": below}


def ranks_of(
    labels: np.ndarray, probabilities: np.ndarray, spec: LabelSpec, weights: np.ndarray
) -> dict[str, dict[str, float | None]]:
    """Return the scores of each ordered column; nothing where there are none."""
    out = {}
    for column in spec.label_columns:
        truth, p, w = _of_column(column, labels, probabilities, weights)
        if column.ordered and column.number is None and len(truth):
            error, kappa = rank_scores(truth, p.argmax(axis=1), column.num_classes, w)
            middle = rank_scores(truth, median_ranks(p), column.num_classes, w)[0]
            out[column.name] = {"rank_error": error, "median_error": middle, "kappa": kappa}
    return out
