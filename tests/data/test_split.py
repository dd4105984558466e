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


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("several", [False, True])
def test_no_group_stands_in_two_parts_and_classes_have_their_shares(seed, several):
    rng = np.random.default_rng(seed)
    groups = rng.integers(0, 300, 1500)
    if several:
        spec, labels = LabelSpec.multi(4), (rng.random((1500, 4)) < 0.3).astype(int)
        labels[rng.random(labels.shape) < 0.2] = -1
    else:
        spec, labels = LabelSpec.single(3), rng.choice(3, 1500, p=[0.6, 0.3, 0.1])
    labels[rng.random(1500) < 0.1] = -1
    labels[groups == 7] = -1  # nobody of this group has a label
    named = [None if group == 3 else f"p{group}" for group in groups]
    split = split_rows(labels, spec, seed=seed, groups=named)
    assert sorted(np.concatenate(parts(split)).tolist()) == list(range(1500))
    inside = [set(groups[rows]) - {3} for rows in parts(split)]
    assert not (inside[0] & inside[1] or inside[0] & inside[2] or inside[1] & inside[2])
    assert 7 in inside[0]
    one_hot = (labels == 1) if several else np.eye(4)[labels][:, :3]
    for rows, share in zip(parts(split), (0.65, 0.15, 0.2), strict=True):
        assert np.allclose(one_hot[rows].sum(axis=0) / one_hot.sum(axis=0), share, atol=0.05)


def test_groups_of_one_row_are_split_like_rows():
    labels = np.arange(200) % 3
    alone = split_rows(labels, LabelSpec.single(3), groups=np.arange(200))
    assert alone.test.tolist() == split_rows(labels, LabelSpec.single(3)).test.tolist()


def test_a_class_of_two_groups_is_in_training_and_test():
    labels = np.repeat([0, 0, 0, 0, 0, 0, 0, 0, 1, 1], 5)
    split = split_rows(labels, LabelSpec.single(["no", "yes"]), groups=np.arange(50) // 5)
    assert 1 in labels[split.train] and 1 in labels[split.test]
    assert split.notes == ("'yes' has 10 row(s): none in validation",)


def test_fewer_groups_than_parts_are_refused():
    labels = np.arange(20) % 2
    with pytest.raises(DataError, match=r"belong to 2 group\(s\); 3 parts need at least as many"):
        split_rows(labels, LabelSpec.single(2), groups=np.arange(20) // 10)
    split = split_rows(labels, LabelSpec.single(2), groups=np.arange(20) // 10, validation_share=0)
    assert len(split.train) == len(split.test) == 10
