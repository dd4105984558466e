"""Plain models fitted beside one another."""

from __future__ import annotations

import numpy as np
from sklearn.naive_bayes import GaussianNB
from threadpoolctl import threadpool_info

from labelfeed.estimators.fitting import cross_fit_members, threads_for
from labelfeed.estimators.folds import deal_folds
from labelfeed.estimators.named_members import plain_members_of
from labelfeed.labels.spec import LabelSpec
from tests.estimators._rows import labels_that_hang_together


def test_the_blend_is_that_of_the_members_in_their_order() -> None:
    x, y = labels_that_hang_together(60)
    folds = deal_folds(y, 2, seed=0)
    members = plain_members_of(["logistic", GaussianNB()])
    found = cross_fit_members(members, x, y, LabelSpec.multi(4), folds, weight=np.ones(60), seed=1)
    assert [m.name for m in found.members] == ["logistic", "GaussianNB"] and not found.optional
    assert list(found.seconds) == ["logistic", "GaussianNB", "blend"]
    assert found.blend.losses[-1] <= found.blend.losses[:-1].min()


def test_small_tables_take_one_thread() -> None:
    with threads_for(np.zeros((3, 3))):
        assert {pool["num_threads"] for pool in threadpool_info()} <= {1}
