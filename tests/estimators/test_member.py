"""What a plain model must give."""

from __future__ import annotations

import numpy as np

from labelfeed.estimators.linear import LinearLogits
from labelfeed.estimators.member import over_folds


def test_each_row_is_predicted_by_a_model_that_did_not_see_it() -> None:
    folds, x = np.array([0, 1, 2, 0, 1, 2]), np.ones((6, 1))

    def fit(rows: np.ndarray) -> LinearLogits:  # says which rows it saw, as bits
        return LinearLogits(np.array([[float((2**rows).sum())]]), np.zeros(1))

    seen = over_folds(folds, 1, fit, x).ravel().astype(int)
    assert all(not seen[row] >> row & 1 for row in range(6))
    assert all(bin(bits).count("1") == 4 for bits in seen)
