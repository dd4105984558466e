import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, roc_auc_score

from labelfeed.judging.estimate import auc_estimate, mean_recall, share_estimate


def test_area_is_that_of_scikit_learn_with_ties():
    rng = np.random.default_rng(0)
    positive, negative = rng.integers(0, 9, 80) + 1, rng.integers(0, 9, 60)
    found = auc_estimate(positive, negative)
    y = np.repeat([1, 0], [80, 60])
    assert found.value == pytest.approx(roc_auc_score(y, np.concatenate([positive, negative])))


def test_intervals_of_areas_hold_the_true_one_in_95_of_100_draws():
    rng = np.random.default_rng(1)
    inside = 0
    for _ in range(400):
        found = auc_estimate(rng.normal(size=50), rng.normal(size=50))
        inside += found.low <= 0.5 <= found.high
    assert 0.91 < inside / 400 < 0.985


def test_share_of_none_and_all_stays_within_0_and_1():
    none, every = share_estimate(0, 20), share_estimate(20, 20)
    assert none.low == 0 < none.high < 0.2
    assert 0.8 < every.low < every.high == 1


def test_each_class_counts_alike():
    truth, found = np.array([0] * 95 + [1] * 5), np.array([0] * 95 + [1] * 3 + [0] * 2)
    score = mean_recall(truth, found, np.array([0, 1]))
    assert score.value == pytest.approx(balanced_accuracy_score(truth, found))
    assert score.low < 0.7 and score.high > 0.9  # five rows say little


def test_no_row_of_the_classes_is_no_number():
    assert np.isnan(mean_recall(np.zeros(0), np.zeros(0), np.array([0])).value)
