"""Does the score of a row depend on the rows that it is predicted with?"""

from __future__ import annotations

import numpy as np

from labelfeed.audit.findings import Finding
from labelfeed.audit.rows import take_rows
from labelfeed.predictors.predictor import Predictor
from labelfeed.types import Features

__all__ = ["rows_read_each_other"]

_ROWS = 64
_SLACK = 5e-3  # rounding of half precision, in units of the largest score


def rows_read_each_other(
    predictor: Predictor, features: Features, ids: np.ndarray
) -> tuple[Finding, ...]:
    """Predict some rows once with others beside them and once without.

    Where rows stand in the order of their label, as in a file that is sorted, a model whose layers
    read the whole batch reads the label there.

    Args:
        predictor: The predictor.
        features: Features of the rows.
        ids: Encoded labels of the rows, fed both times.

    Example:
        >>> from labelfeed import LabelSpec
        >>> from labelfeed.models.wrapping import as_predictor
        >>> centred = as_predictor(lambda x, y: x - x.mean(axis=0), LabelSpec.single(2))
        >>> x = np.arange(80.0).reshape(40, 2)
        >>> [found.kind for found in rows_read_each_other(centred, x, np.arange(40) % 2)]
        ['rows read each other']
    """
    count = min(len(ids), _ROWS)
    few = count // 2
    if few < 1:
        return ()
    # The last rows stand apart from the first ones most where the file is sorted.
    rows = np.r_[np.arange(few), np.arange(len(ids) - (count - few), len(ids))]
    beside = predictor.fed_scores(take_rows(features, rows), ids[rows])[:few]
    alone, again = (
        predictor.fed_scores(take_rows(features, rows[:few]), ids[rows[:few]]) for _ in range(2)
    )
    change, noise = np.abs(beside - alone).max(), np.abs(alone - again).max()
    if not change > 3 * noise + _SLACK * max(1.0, float(np.abs(alone).max())):
        return ()
    text = f"the scores of a row change with the rows beside it (by up to {change:.3g})"
    return (Finding("rows read each other", text),)
