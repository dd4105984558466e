"""Folds for cross-fitting."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.estimators.errors import EstimatorError
from labelfeed.estimators.folds import deal_folds
from tests.estimators._rows import labels_that_hang_together


def test_positives_of_every_label_are_spread() -> None:
    _, y = labels_that_hang_together(100)
    y[:, 0] = 0
    y[:5, 0] = 1
    folds = deal_folds(y, 5)
    assert [int(y[folds == f, 0].sum()) for f in range(5)] == [1] * 5
    assert np.ptp(np.bincount(folds)) <= 3
    assert (deal_folds(y, 5) == folds).all() and (deal_folds(y, 5, seed=1) != folds).any()


def test_groups_stay_together() -> None:
    _, y = labels_that_hang_together(100)
    groups = np.arange(100) // 7
    folds = deal_folds(y, 5, groups=groups)
    assert all(len(np.unique(folds[groups == g])) == 1 for g in range(15))
    assert np.bincount(folds).min() > 10


def test_there_are_never_more_folds_than_rows() -> None:
    assert sorted(deal_folds(np.array([[1], [0], [-1]]), 5)) == [0, 1, 2]


@pytest.mark.parametrize("groups", [None, np.zeros(4)])
def test_one_row_or_group_cannot_be_split(groups: np.ndarray | None) -> None:
    rows = 1 if groups is None else 4
    with pytest.raises(EstimatorError, match="at least 2"):
        deal_folds(np.ones((rows, 2), int), groups=groups)


def test_groups_of_other_rows_are_refused() -> None:
    with pytest.raises(EstimatorError, match="3 values for 4 rows"):
        deal_folds(np.ones((4, 2), int), groups=np.zeros(3))
