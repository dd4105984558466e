"""Extra trees of all labels at once."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.estimators.column_math import column_losses, probabilities_of
from labelfeed.estimators.extra_trees import ExtraTreesMember
from labelfeed.estimators.folds import deal_folds
from labelfeed.labels.spec import LabelSpec
from tests.estimators._rows import labels_that_hang_together, mixed


def test_beats_the_base_rates_with_unknown_labels_and_classes() -> None:
    x, y, spec = mixed()
    y[::3, 3] = -1
    fitted = ExtraTreesMember(20).cross_fit(x, y, spec, deal_folds(y))
    losses = column_losses(y, fitted.oof, spec).mean(axis=0)
    assert losses[0] < 0.8 < np.log(3) and losses[1] < 0.4
    assert probabilities_of(fitted.final.logits(x), spec)[:, :3].sum(axis=1) == pytest.approx(1)


def test_leaves_count_what_is_known() -> None:
    x = np.repeat([[0.0], [1.0]], 10, axis=0)
    y = np.full((20, 2), -1)
    y[:2, 0], y[10:12, 0], y[:, 1] = 1, 0, 0
    member = ExtraTreesMember(5, smoothing=0.3)
    final = member.cross_fit(x, y, LabelSpec.multi(2), np.arange(20) % 2).final
    rate = (2 + 0.3 * 0.5) / (2 + 0.3)  # of the two known rows, not of all ten
    assert final.logits(x[:1])[0, 0] == pytest.approx(np.log(rate / (1 - rate)), abs=1e-6)
    assert np.isfinite(final.logits(x)).all()


def test_where_features_tell_little_leaves_are_larger_and_trusted_less() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(600, 3)).astype(np.float32)
    spec, folds = LabelSpec.multi(2), np.arange(600) % 5
    weak = (rng.random((600, 2)) < 0.2 + 0.05 * (x[:, :2] > 0)).astype(int)
    member, fixed = ExtraTreesMember(20), ExtraTreesMember(20, smoothing=0.3)
    chosen = member.cross_fit(x, weak, spec, folds)
    assert chosen.note.endswith(("10 rows a leaf", "20 rows a leaf"))
    deep = fixed.cross_fit(x, weak, spec, folds)
    assert deep.note.startswith("20 trees") or deep.note == ""
    gain = column_losses(weak, deep.oof, spec) - column_losses(weak, chosen.oof, spec)
    assert gain.mean() > 0.005
    nodes = [sum(t.tree_.node_count for t in f.final.forest.estimators_) for f in (chosen, deep)]
    assert nodes[0] < nodes[1] / 3  # frozen layers of the model to come
    clear = (x[:, :2] > 0).astype(int)
    assert member.cross_fit(x, clear, spec, folds).note == ""  # leaves of two rows


def test_a_column_has_a_smoothing_of_its_own() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(500, 2)).astype(np.float32)
    y = np.stack([x[:, 0] > 0, rng.random(500) < 0.5], axis=1).astype(int)
    logits = ExtraTreesMember(20).cross_fit(x, y, LabelSpec.multi(2), np.arange(500) % 5).final
    clear, coin = np.abs(logits.logits(x)).mean(axis=0)
    assert clear > 4 * coin


def test_same_numbers_whatever_the_threads() -> None:
    x, y = labels_that_hang_together(60)
    spec, folds = LabelSpec.multi(4), deal_folds(y)
    one, two = (ExtraTreesMember(8, n_jobs=j).cross_fit(x, y, spec, folds) for j in (1, 2))
    assert (one.oof == two.oof).all() and (one.final.logits(x) == two.final.logits(x)).all()


def test_a_weight_of_zero_is_a_row_left_out_of_the_leaves() -> None:
    x, y = np.zeros((20, 1)), np.repeat([[1], [0]], 10, axis=0)
    w = np.repeat([1.0, 0.0], 10)
    fitted = ExtraTreesMember(4).cross_fit(
        x, y, LabelSpec.multi(1), np.arange(20) % 2, sample_weight=w
    )
    assert (fitted.final.logits(x) > 2).all()


def test_large_tables_take_fewer_trees_and_larger_leaves() -> None:
    member, folds = ExtraTreesMember(160), np.arange(5)
    assert member._size(np.zeros((2000, 20)), np.zeros((2000, 10)), folds) == (160, 2)
    large = np.broadcast_to(0.0, (2_000_000, 20))
    trees, leaf = member._size(large, large[:, :1], folds)
    assert 40 <= trees < 160 and leaf > 5
    x, y = np.arange(40.0)[:, None], np.repeat([[1], [0]], 20, axis=0)
    fitted = ExtraTreesMember(4, min_leaf=10).cross_fit(x, y, LabelSpec.multi(1), np.arange(40) % 2)
    leaves = [tree.tree_ for tree in fitted.final.forest.estimators_]
    assert all(t.n_node_samples[t.children_left < 0].min() >= 10 for t in leaves)


def test_the_share_of_features_that_is_tried_reaches_the_forest() -> None:
    x, y, spec = mixed(60)
    fitted = ExtraTreesMember(4, features=1.0).cross_fit(x, y, spec, deal_folds(y, 2))
    assert fitted.final.forest.max_features == x.shape[1]
