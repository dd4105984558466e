from __future__ import annotations

import numpy as np
import pytest
from sklearn.model_selection import train_test_split

from labelfeed.data.dataset import DataError
from labelfeed.data.split import split_rows
from labelfeed.labels.spec import LabelSpec


def parts(split) -> list[np.ndarray]:
    return [split.train, split.validation, split.test]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("n", "classes"), [(1000, 3), (200, 20), (50, 7), (9, 2)])
def test_single_is_complete_disjoint_and_stratified(n, classes, seed):
    labels = np.random.default_rng(seed).integers(-1, classes, n)
    split = split_rows(labels, LabelSpec.single(classes), seed=seed)
    assert sorted(np.concatenate(parts(split)).tolist()) == list(range(n))
    assert np.all(np.isin(np.flatnonzero(labels == -1), split.train))
    known = np.sum(labels >= 0)
    assert abs(len(split.test) - 0.2 * known) <= max(2, classes)
    for value in range(classes):
        count = np.sum(labels == value)
        assert abs(np.sum(labels[split.test] == value) - 0.2 * count) <= 1.5


def test_multi_is_complete_disjoint_and_stratified():
    rng = np.random.default_rng(0)
    labels = (rng.random((2000, 6)) < [0.5, 0.3, 0.2, 0.1, 0.05, 0.02]).astype(int)
    labels[rng.random(labels.shape) < 0.3] = -1
    labels[:100] = -1
    split = split_rows(labels, LabelSpec.multi(6))
    assert sorted(np.concatenate(parts(split)).tolist()) == list(range(2000))
    unlabelled = np.flatnonzero((labels == -1).all(axis=1))
    assert np.all(np.isin(unlabelled, split.train))
    for label in range(6):
        positives = np.sum(labels[:, label] == 1)
        assert abs(np.sum(labels[split.test, label] == 1) - 0.2 * positives) <= 3


def test_same_seed_same_split_other_seed_other_split():
    labels = np.arange(100) % 3
    spec = LabelSpec.single(3)
    one, two, other = (split_rows(labels, spec, seed=s) for s in (1, 1, 2))
    assert one.test.tolist() == two.test.tolist()
    assert one.test.tolist() != other.test.tolist()


def test_rare_classes_go_to_training_first_and_are_named():
    labels = np.array([0] * 30 + [1] * 30 + [2] + [3] * 2)
    split = split_rows(labels, LabelSpec.single(["a", "b", "once", "twice"]))
    assert 2 in labels[split.train]
    assert 3 in labels[split.train]
    assert 3 in labels[split.test]
    assert split.notes == (
        "'once' has 1 row(s): none in test and validation",
        "'twice' has 2 row(s): none in validation",
    )


@pytest.mark.parametrize("labels", [[0] * 10 + [1] * 10 + [2], [0, 1, 2] * 3])
def test_what_scikit_learn_refuses_is_why_the_split_is_our_own(labels):
    """Once it deals these, `split_rows` can leave single labels to it."""
    with pytest.raises(ValueError, match=r"least populated class|greater or equal to the number"):
        train_test_split(labels, test_size=0.2, stratify=labels)
    split = split_rows(np.array(labels), LabelSpec.single(3))
    assert len(split.test) and np.isin([0, 1, 2], np.array(labels)[split.train]).all()


def test_shares_may_be_zero():
    labels = np.arange(40) % 2
    split = split_rows(labels, LabelSpec.single(2), test_share=0, validation_share=0)
    assert len(split.train) == 40
    assert split.notes == ()


def test_constant_unlabelled_label_of_multi_is_no_trouble():
    labels = np.stack([np.arange(20) % 2, np.zeros(20, int), np.full(20, -1)], axis=1)
    split = split_rows(labels, LabelSpec.multi(3))
    assert [len(p) for p in parts(split)] == [13, 3, 4]


@pytest.mark.parametrize(
    ("labels", "options", "message"),
    [
        ([0, 1, 0, 1], {"test_share": 1.0}, r"test_share must be in \[0, 1\)"),
        ([0, 1, 0, 1], {"validation_share": -0.1}, "validation_share must be in"),
        ([0, 1, 0, 1], {"test_share": 0.6, "validation_share": 0.4}, "leave nothing to train on"),
        ([0, 1, -1, -1], {}, r"Only 2 labelled row\(s\)"),
    ],
)
def test_bad_arguments(labels, options, message):
    with pytest.raises(DataError, match=message):
        split_rows(np.array(labels), LabelSpec.single(2), **options)
