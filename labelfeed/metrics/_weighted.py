"""What scores are made of, each value with a weight."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import auc, roc_curve

_BINS = 10  # of the calibration error


def both(present: np.ndarray) -> bool:
    """Tell whether a label is present in some rows and absent in others."""
    return bool(present.any() and not present.all())


def area(present: np.ndarray, p: np.ndarray, weights: np.ndarray | None) -> float:
    """Return the area under the ROC curve.

    `roc_auc_score` is the same, but first binarizes what is binary: two thirds of its time where
    there are hundreds of rows, and here are many labels, shares and draws.
    """
    false, true, _ = roc_curve(present, p, sample_weight=weights, drop_intermediate=False)
    return float(auc(false, true))


def mean(values: np.ndarray, weights: np.ndarray, where: np.ndarray | slice = slice(None)) -> float:
    return float(np.average(values[where], weights=weights[where]))


def calibration_error(present: np.ndarray, p: np.ndarray, weights: np.ndarray) -> float:
    """Return the expected calibration error over bins of equal width."""
    bins = np.minimum((p * _BINS).astype(int), _BINS - 1)
    gaps = np.bincount(bins, weights=weights * (p - present), minlength=_BINS)
    return float(np.abs(gaps).sum() / weights.sum())


def macro_f1(found: np.ndarray, truth: np.ndarray, weights: np.ndarray) -> float:
    """Return the mean F1 score over the classes that are there or were predicted."""
    scores = []
    for state in np.union1d(found, truth):
        called, present = found == state, truth == state
        hit = weights[called & present].sum()
        scores.append(2 * hit / (weights[called].sum() + weights[present].sum()))
    return float(np.mean(scores))
