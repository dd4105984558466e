"""Scores of ordered classes: how far off predictions are, not only how often."""

from __future__ import annotations

import numpy as np

__all__ = ["median_ranks", "rank_scores"]


def median_ranks(probabilities: np.ndarray) -> np.ndarray:
    """Return the class in the middle of each distribution, `(n,)`: it errs least in ranks.

    Args:
        probabilities: Of the classes in order, `(n, num_classes)`.

    Example:
        >>> median_ranks(np.array([[0.45, 0.15, 0.4], [0.1, 0.2, 0.7]])).tolist()
        [1, 2]
    """
    upper = np.cumsum(probabilities, axis=1)
    middle: np.ndarray = (upper >= 0.5 * upper[:, -1:] - 1e-9).argmax(axis=1)
    return middle


def rank_scores(
    truth: np.ndarray, found: np.ndarray, num_classes: int, weights: np.ndarray | None = None
) -> tuple[float, float | None]:
    """Return the mean absolute error of ranks, and the quadratic weighted kappa.

    `kappa = 1 - sum_ij (i - j)^2 o_ij / sum_ij (i - j)^2 e_ij`: the observed table of true and
    predicted ranks over that of two raters who know nothing of each other. 1 is agreement, 0
    chance.

    Args:
        truth: True ranks `(n,)`, from 0, n >= 1.
        found: Predicted ranks `(n,)`.
        num_classes: Number of classes.
        weights: Weight of each row, > 0; `None` counts each once.

    Returns:
        The error in [0, num_classes - 1], and kappa in [-1, 1], `None` where there is one rank
        only, so that chance cannot err.

    References:
        Cohen 1968, Weighted kappa: nominal scale agreement with provision for scaled disagreement
        or partial credit.

    Example:
        >>> error, kappa = rank_scores(np.array([0, 1, 2, 2]), np.array([0, 1, 2, 0]), 3)
        >>> error, round(kappa, 3)
        (0.5, 0.385)
    """
    from sklearn.metrics import cohen_kappa_score, mean_absolute_error  # slow to import

    error = float(mean_absolute_error(truth, found, sample_weight=weights))
    if len(np.unique(np.concatenate([truth, found]))) < 2:
        return error, None
    labels = np.arange(num_classes)
    kappa = cohen_kappa_score(
        truth, found, labels=labels, weights="quadratic", sample_weight=weights
    )
    return error, float(kappa)
