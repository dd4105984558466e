"""How strongly the labels of a row speak for each other: pairwise log-odds, by counting."""

from __future__ import annotations

import numpy as np

from labelfeed.labels.columns import same_column
from labelfeed.labels.spec import LabelSpec

__all__ = ["pairwise_log_odds"]


def pairwise_log_odds(
    labels: np.ndarray, smoothing: float = 1.0, spec: LabelSpec | None = None
) -> np.ndarray:
    """Return `T[s, i, j] = log P(y_i = s | y_j = 1) - log P(y_i = s | y_j = 0)`.

    Each pair of labels is counted on the rows where both are known, with `smoothing` rows added
    to each of the four cells in proportion to the label's own frequency, so that a pair that was
    hardly ever seen together says nothing.

    Args:
        labels: int array `(n, num_labels)` of 0, 1 and -1 (unknown).
        smoothing: Pseudo-count, > 0.
        spec: What the labels are. For the classes `j` of a column the second term is
            `log P(y_i = s)`, and labels of one column say nothing about each other.

    Returns:
        float32 array `(2, num_labels, num_labels)`, zero where `i = j`.
    """
    labels = np.asarray(labels)
    is_state = [(labels == state).astype(np.float64) for state in (0, 1)]
    rate = (is_state[1].sum(0) + 0.5) / (is_state[0].sum(0) + is_state[1].sum(0) + 1.0)
    tables = np.zeros((2, labels.shape[1], labels.shape[1]))
    own = np.eye(labels.shape[1]) if spec is None else same_column(spec)
    of_classes = np.zeros(labels.shape[1], bool)
    for column in () if spec is None else spec.label_columns:
        of_classes[list(column.places)] = column.of_classes
    for state, prior in ((0, 1 - rate), (1, rate)):
        given = [
            (is_state[state].T @ is_state[target] + 2 * smoothing * prior[:, None])
            / ((is_state[0] + is_state[1]).T @ is_state[target] + 2 * smoothing)
            for target in (0, 1)
        ]
        known = is_state[0] + is_state[1]
        whatever = (is_state[state].T @ known + 2 * smoothing * prior[:, None]) / (
            known.T @ known + 2 * smoothing
        )
        tables[state] = np.log(given[1]) - np.log(np.where(of_classes, whatever, given[0]))
        tables[state][own > 0] = 0.0
    return tables.astype(np.float32)
