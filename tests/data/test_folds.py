from __future__ import annotations

import time

import numpy as np
import pytest
from sklearn.model_selection import StratifiedGroupKFold

from labelfeed.data.dataset import DataError
from labelfeed.data.folds import deal_groups, group_folds, whole_groups


def patients(rows: int, count: int, seed: int) -> np.ndarray:
    """Patients of very different numbers of rows."""
    rng = np.random.default_rng(seed)
    return (rng.pareto(1.5, rows) * 10).astype(int) % count


def worst(labels: np.ndarray, folds: np.ndarray, k: int) -> float:
    """Return how far the share of a label in a fold is from 1/k at most."""
    shares = [labels[folds == fold].sum(axis=0) / labels.sum(axis=0) for fold in range(k)]
    return float(np.abs(np.array(shares) - 1 / k).max())


@pytest.mark.parametrize("seed", range(5))
def test_single_labels_are_spread_as_well_as_scikit_learn_spreads_them(seed):
    rng = np.random.default_rng(seed)
    groups = patients(1000, 100, seed)
    often = rng.dirichlet(np.ones(4), 100)
    labels = np.array([rng.choice(4, p=often[group]) for group in groups])
    folds = group_folds(labels, groups, seed=seed)
    assert all(len(set(folds[groups == group])) == 1 for group in np.unique(groups))
    theirs = np.zeros(1000, int)
    dealer = StratifiedGroupKFold(5, shuffle=True, random_state=seed)
    for fold, (_, test) in enumerate(dealer.split(labels, labels, groups)):
        theirs[test] = fold
    one_hot = np.eye(4)[labels]
    assert worst(one_hot, folds, 5) < worst(one_hot, theirs, 5) + 0.03
    assert np.bincount(folds).min() > 130


@pytest.mark.parametrize("seed", range(3))
def test_multi_labels_with_unknown_ones_are_spread_and_no_group_is_torn(seed):
    rng = np.random.default_rng(seed)
    groups = patients(2000, 400, seed)
    labels = (rng.random((2000, 6)) < [0.5, 0.3, 0.2, 0.1, 0.05, 0.03]).astype(int)
    labels[rng.random(labels.shape) < 0.3] = -1
    labels[groups == 3] = -1
    folds = group_folds(labels, groups.astype(str), 4, seed)
    assert all(len(set(folds[groups == group])) == 1 for group in np.unique(groups))
    assert worst((labels == 1).astype(int), folds, 4) < 0.08
    assert np.bincount(folds).min() > 400


def test_a_rare_label_of_k_groups_reaches_every_fold():
    labels = np.zeros((60, 2), int)
    labels[:, 0] = np.arange(60) % 2
    labels[[0, 20, 40], 1] = 1
    folds = group_folds(labels, np.arange(60) // 4, k=3)
    assert sorted(folds[[0, 20, 40]].tolist()) == [0, 1, 2]


def test_same_seed_same_folds_and_no_groups_is_a_group_a_row():
    labels = np.arange(90) % 3
    one, two, other = (group_folds(labels, k=3, seed=seed) for seed in (1, 1, 2))
    assert one.tolist() == two.tolist() != other.tolist()
    assert worst(np.eye(3)[labels], one, 3) < 1e-9


def test_parts_of_a_share_of_nothing_get_nothing_and_a_sole_group_goes_to_the_largest():
    codes = np.repeat(np.arange(10), 3)
    labels = np.zeros(30, int)
    labels[:3] = 1
    shares = np.array([0.3, 0.7, 0.0])
    part = deal_groups(labels, codes, shares, np.random.default_rng(0))
    assert set(part.tolist()) == {0, 1} and part[0] == 1
    assert abs((part == 0).sum() - 9) <= 3


def test_rows_without_a_group_stand_alone():
    assert whole_groups(["a", None, "a", ""], 4).tolist() == [0, 1, 0, 2]
    assert whole_groups(None, 3).tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("groups", "k", "message"),
    [
        (np.arange(20) // 10, 3, "There are 2 groups; 3 folds need at least as many"),
        (None, 1, "k must be at least 2"),
        (np.arange(19), 3, "groups holds 19 values for 20 rows"),
    ],
)
def test_bad_arguments(groups, k, message):
    with pytest.raises(DataError, match=message):
        group_folds(np.arange(20) % 2, groups, k)


def test_many_patients_take_no_time():
    rng = np.random.default_rng(0)
    groups, labels = rng.integers(0, 50_000, 200_000), rng.integers(0, 5, 200_000)
    start = time.perf_counter()
    folds = group_folds(labels, groups)
    assert time.perf_counter() - start < 5  # 0.2 s on a quiet core; scikit-learn 20 s
    assert worst(np.eye(5)[labels], folds, 5) < 1e-3
