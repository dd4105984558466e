from __future__ import annotations

import numpy as np
import pytest

from labelfeed.estimators.folds import deal_folds
from labelfeed.estimators.logistic import LogisticMember
from labelfeed.estimators.sides import SideMember, fit_side_blend, noised, side_columns
from labelfeed.labels.spec import LabelSpec

TARGET, TURN = LabelSpec.single(2, "ill"), LabelSpec.single(2, "turn")
RNG = np.random.default_rng(0)
X = RNG.normal(size=(300, 2))
SIDES = RNG.integers(0, 2, (300, 1))
FOLDS = np.arange(300) % 3


def one_hot(ids):
    return np.eye(2, dtype=int)[ids]


def fitted(ids, sides=SIDES, plain=None, **options):
    plain = np.zeros((300, 2)) if plain is None else plain
    members = [SideMember(LogisticMember(), crossed=True)]
    return fit_side_blend(plain, X, one_hot(ids), sides, TARGET, [TURN], FOLDS, members, **options)


def accuracy(found, ids, sides=SIDES):
    return (found.logits(np.zeros((300, 2)), X, sides).argmax(axis=1) == ids).mean()


def test_a_side_label_that_says_which_feature_counts_is_read_by_products():
    """Neither counts nor a linear model of features and side label can tell."""
    ids = (X[np.arange(300), SIDES[:, 0]] > 0).astype(int)
    found = fitted(ids)
    assert accuracy(found, ids) > 0.9
    assert accuracy(found, ids, 1 - SIDES) < 0.7
    assert found.blend.losses[-1] < found.plain_loss - 0.3


def test_a_side_label_that_tells_how_probable_classes_are_is_counted():
    ids = np.where(RNG.random(300) < 0.1, 1 - SIDES[:, 0], SIDES[:, 0])
    found = fit_side_blend(np.zeros((300, 2)), X, one_hot(ids), SIDES, TARGET, [TURN], FOLDS, [])
    assert accuracy(found, ids) == (ids == SIDES[:, 0]).mean()
    assert found.blend.weights[1] > 0.5


def test_rows_without_a_side_label_take_the_plain_logits_to_the_bit():
    ids = RNG.integers(0, 2, 300)
    plain = RNG.normal(size=(300, 2))
    out = fitted(ids, plain=plain).logits(plain, X, np.full((300, 1), -1))
    np.testing.assert_array_equal(out, plain)


def test_what_tells_nothing_costs_nothing_out_of_fold():
    ids = (X[:, 0] > 0).astype(int)
    plain = 3.0 * X[:, :1] * np.array([[-1, 1]])
    found = fitted(ids, plain=plain)
    assert found.blend.losses[-1] <= found.plain_loss


def test_yes_no_targets_have_no_counts():
    y = np.stack([X[:, 0] > 0, X[:, 1] > 0], axis=1).astype(int)
    spec = LabelSpec.multi(2)
    folds = deal_folds(y, 2)
    members = [SideMember(LogisticMember(), crossed=False)]
    found = fit_side_blend(np.zeros((300, 2)), X, y, SIDES, spec, [TURN], folds, members)
    assert found.product is None
    assert found.logits(np.zeros((300, 2)), X, SIDES).shape == (300, 2)


def test_columns_of_unknown_are_zeros_and_products_follow():
    columns = side_columns(np.array([[2.0], [3.0]]), np.array([[1], [-1]]), [TURN], True)
    assert columns.tolist() == [[2, 0, 1, 0, 2], [3, 0, 0, 0, 0]]


@pytest.mark.parametrize("rate", [0.0, 0.4])
def test_noise_hides_and_replaces_as_often_as_it_says(rate):
    specs, ids = [LabelSpec.single(3)], np.tile(np.arange(3), 2000)[:, None]
    hidden, replaced = noised(ids, specs, rate, 0.0, 0), noised(ids, specs, 0.0, rate, 0)
    assert abs((hidden == -1).mean() - rate) < 0.03
    assert ((hidden == ids) | (hidden == -1)).all()
    assert abs((replaced != ids).mean() - rate) < 0.03
    assert set(np.unique(replaced)) == {0, 1, 2}
    unknown = np.full((5, 1), -1)
    assert (noised(unknown, specs, 0.0, rate, 0) == -1).all()
