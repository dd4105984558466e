"""Boosted trees, one ensemble a column."""

from __future__ import annotations

import numpy as np

from labelfeed.estimators.boosting import BoostingMember
from labelfeed.estimators.column_math import column_losses
from labelfeed.estimators.folds import deal_folds
from labelfeed.labels.spec import LabelSpec
from tests.estimators._rows import mixed


def test_beats_the_base_rates_and_stops_where_folds_say() -> None:
    x, y, spec = mixed()
    y[::3, 3] = -1
    fitted = BoostingMember(iterations=40, leaves=10).cross_fit(x, y, spec, deal_folds(y))
    losses = column_losses(y, fitted.oof, spec).mean(axis=0)
    assert losses[0] < 0.8 and losses[1] < 0.4
    assert fitted.final.logits(x).shape == (200, 5)
    noise = fitted.final.columns[2].model
    assert noise.n_iter_ <= 20  # the label 'wet' is a coin


def test_labels_of_one_state_and_classes_never_seen_are_base_rates() -> None:
    x, y, spec = mixed(60)
    y[:, 3] = 0
    y[:, :3] = np.where(y[:, [2]] == 1, [1, 0, 0], y[:, :3])  # no 'b' any more
    fitted = BoostingMember(iterations=5).cross_fit(x, y, spec, deal_folds(y, 3))
    logits = fitted.final.logits(x)
    assert np.isfinite(fitted.oof).all() and np.isfinite(logits).all()
    assert (logits[:, 3] < -3).all() and (logits[:, 2] < logits[:, :2].max(axis=1) - 2).all()


def test_wide_tables_are_cut_to_what_tells_most() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(80, 30))
    y = (x[:, [17]] > 0).astype(int)
    member = BoostingMember(iterations=5, most_features=3)
    (part,) = member.cross_fit(x, y, LabelSpec.multi(1), deal_folds(y, 2)).final.columns
    assert len(part.features) == 3 and 17 in part.features


def test_keeps_its_budget() -> None:
    x, y, spec = mixed(60)
    short = BoostingMember(iterations=40, seconds=0.01).cross_fit(x, y, spec, deal_folds(y, 2))
    assert short.note.startswith("at most 10 iterations")
    assert short.final.columns[0].model.n_iter_ <= 10


def test_trees_are_smaller_where_features_tell_little() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 4)).astype(np.float32)
    spec, folds = LabelSpec.multi(1), np.arange(300) % 5
    parity = (x[:, :3] > 0).sum(axis=1, keepdims=True) % 2
    weak = (rng.random((300, 1)) < 0.4 + 0.1 * (x[:, :1] > 0)).astype(int)
    member = BoostingMember(iterations=40)
    assert member.cross_fit(x, parity, spec, folds).note.endswith("10 leaves")
    assert member.cross_fit(x, weak, spec, folds).note.endswith("4 leaves")
    given = BoostingMember(iterations=10, leaves=3).cross_fit(x, weak, spec, folds)
    assert given.note.endswith("3 leaves")


def test_penalty_and_share_of_features_reach_the_trees() -> None:
    x, y, spec = mixed(60)
    member = BoostingMember(iterations=5, leaves=4, l2=50.0, features=0.5)
    fitted = member.cross_fit(x, y, spec, deal_folds(y, 2))
    tree = fitted.final.columns[0].model
    assert (tree.l2_regularization, tree.max_features) == (50.0, 0.5)
    usual = BoostingMember(iterations=5, leaves=4).cross_fit(x, y, spec, deal_folds(y, 2))
    assert np.abs(fitted.oof).mean() < np.abs(usual.oof).mean()  # a penalty shrinks
