"""Scores of the labels that a model did not read: ranking, precision, log loss, calibration."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

__all__ = ["METRICS", "PartialScores", "area_under_roc", "average_precision", "partial_scores"]

METRICS = ("macro_auc", "micro_auc", "average_precision", "log_loss", "calibration_error")
_BINS = 10


@dataclasses.dataclass(frozen=True)
class PartialScores:
    """Scores of multi-label probabilities on the labels that count.

    Args:
        macro_auc: Mean over labels of the area under the ROC curve, in [0, 1].
        micro_auc: Area under the ROC curve of all labels together.
        average_precision: Mean over labels of the average precision, in [0, 1].
        log_loss: Mean of -log(probability of the true state), in nats, >= 0.
        calibration_error: Expected calibration error over ten bins of equal width: mean distance
            between the probability of a bin and the share of present labels in it, in [0, 1].
        scored: Labels that were scored.

    A score is NaN where it cannot be computed (a label whose scored rows are all alike is left
    out of the macro means).
    """

    macro_auc: float
    micro_auc: float
    average_precision: float
    log_loss: float
    calibration_error: float
    scored: int


def partial_scores(labels: np.ndarray, probabilities: np.ndarray) -> PartialScores:
    """Score probabilities of yes/no labels where the label is not -1.

    Args:
        labels: int array `(n, num_labels)`; -1 is not scored (unknown, or read by the model).
        probabilities: Float array of the same shape, in [0, 1].

    Raises:
        ValueError: The shapes differ.

    References:
        Naeini, Cooper and Hauskrecht 2015, Obtaining well calibrated probabilities using Bayesian
        binning (expected calibration error).

    Example:
        >>> scores = partial_scores(np.array([[1, 0], [0, -1]]), np.array([[0.9, 0.2], [0.3, 0.5]]))
        >>> scores.macro_auc, scores.micro_auc, scores.scored
        (1.0, 1.0, 3)
    """
    labels, probabilities = np.asarray(labels), np.asarray(probabilities, np.float64)
    if labels.shape != probabilities.shape or labels.ndim != 2:
        raise ValueError(
            "labels and probabilities must both be (n, num_labels), got "
            f"{labels.shape} and {probabilities.shape}."
        )
    scored = labels >= 0
    columns = [
        (labels[scored[:, j], j], probabilities[scored[:, j], j]) for j in range(labels.shape[1])
    ]
    y, p = labels[scored], probabilities[scored]
    return PartialScores(
        macro_auc=_mean([area_under_roc(*column) for column in columns]),
        micro_auc=area_under_roc(y, p),
        average_precision=_mean([average_precision(*column) for column in columns]),
        log_loss=_log_loss(y, p),
        calibration_error=_calibration_error(y, p),
        scored=int(scored.sum()),
    )


def area_under_roc(y: np.ndarray, p: np.ndarray) -> float:
    """Return the share of (present, absent) pairs in the right order, ties half; NaN without both.

    Args:
        y: Array `(n,)` of 0 and 1.
        p: Scores `(n,)`.

    References:
        Hanley and McNeil 1982, The meaning and use of the area under a ROC curve.
    """
    present = int((y == 1).sum())
    absent = len(y) - present
    if not present or not absent:
        return math.nan
    values, place, count = np.unique(p, return_inverse=True, return_counts=True)
    del values
    ranks = (np.cumsum(count) - (count - 1) / 2)[place]
    above = ranks[y == 1].sum() - present * (present + 1) / 2
    return float(above / (present * absent))


def average_precision(y: np.ndarray, p: np.ndarray) -> float:
    """Return the precision averaged over the present labels, tied scores as one; NaN without both.

    Args:
        y: Array `(n,)` of 0 and 1.
        p: Scores `(n,)`.
    """
    present = int((y == 1).sum())
    if not present or present == len(y):
        return math.nan
    order = np.argsort(-p, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(p[order])), len(y) - 1)  # the last of each tie
    found = np.cumsum(y[order])[ends]
    precision = found / (ends + 1)
    return float(np.sum(precision * np.diff(found, prepend=0)) / present)


def _mean(values: list[float]) -> float:
    there = [v for v in values if not math.isnan(v)]
    return float(np.mean(there)) if there else math.nan


def _log_loss(y: np.ndarray, p: np.ndarray) -> float:
    if not len(y):
        return math.nan
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return float(-np.mean(np.where(y == 1, np.log(p), np.log1p(-p))))


def _calibration_error(y: np.ndarray, p: np.ndarray) -> float:
    if not len(y):
        return math.nan
    bins = np.minimum((p * _BINS).astype(int), _BINS - 1)
    gaps = np.bincount(bins, weights=p - y, minlength=_BINS)
    return float(np.abs(gaps).sum() / len(y))
