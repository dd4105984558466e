from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, log_loss, roc_auc_score

from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.probabilities import score


def test_single_agrees_with_scikit_learn():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 200)
    p = rng.dirichlet(np.ones(3), 200)
    got = score(labels, p, LabelSpec.single(["a", "b", "c"]))
    assert got.accuracy == np.mean(p.argmax(1) == labels)
    assert got.balanced_accuracy == pytest.approx(balanced_accuracy_score(labels, p.argmax(1)))
    assert got.macro_auc == pytest.approx(roc_auc_score(labels, p, multi_class="ovr"))
    assert got.log_loss == pytest.approx(log_loss(labels, p))
    assert (got.rows, got.labels, got.skipped) == (200, 200, ())
    assert list(got.auc) == ["a", "b", "c"]


def test_two_classes_have_one_area():
    labels, p = np.array([0, 1, 1, 0]), np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.5, 0.5]])
    got = score(labels, p, LabelSpec.single(["no", "yes"]))
    assert got.auc == {"yes": 0.75}


def test_multi_scores_only_the_labels_that_are_given():
    rng = np.random.default_rng(0)
    labels = rng.integers(-1, 2, (300, 2))
    p = rng.random((300, 2))
    got = score(labels, p, LabelSpec.multi(["a", "b"]))
    known = labels != -1
    assert got.labels == known.sum()
    assert got.rows == known.any(axis=1).sum()
    assert got.accuracy == np.mean((p[known] >= 0.5) == labels[known])
    for i, name in enumerate("ab"):
        rows = known[:, i]
        assert got.auc[name] == pytest.approx(roc_auc_score(labels[rows, i], p[rows, i]))
    # What is not scored may be anything.
    assert score(labels, np.where(known, p, 0.123), LabelSpec.multi(["a", "b"])) == got


def test_labels_with_one_state_are_skipped_and_named():
    labels = np.array([[1, 0, -1], [0, 0, -1], [1, 0, -1]])
    got = score(labels, np.full((3, 3), 0.4), LabelSpec.multi(["a", "b", "c"]))
    assert got.skipped == ("b", "c")
    assert got.macro_auc == got.auc["a"] == 0.5
    single = score(np.array([0, 0]), np.full((2, 3), 1 / 3), LabelSpec.single(3))
    assert single.macro_auc is None
    assert single.skipped == ("0", "1", "2")


def test_nothing_to_score():
    got = score(np.array([-1, -1]), np.full((2, 2), 0.5), LabelSpec.single(2))
    assert (got.rows, got.accuracy, got.macro_auc, got.log_loss) == (0, None, None, None)
    assert got.to_json()["skipped"] == ["0", "1"]


def test_certain_and_wrong_is_finite():
    got = score(np.array([0, 1]), np.eye(2)[[1, 1]], LabelSpec.single(2))
    assert np.isfinite(got.log_loss)


def test_columns_of_classes_are_scored_by_their_most_probable_class():
    colour = LabelSpec.single(["red", "green", "blue"], name="colour")
    spec = LabelSpec.columns([colour, "fever"])
    labels = np.array([[1, 0, 0, 1], [0, 1, 0, -1], [0, -1, -1, 0], [0, 0, 1, 0]])
    p = np.array(
        [[0.4, 0.3, 0.3, 0.5], [0.5, 0.3, 0.2, 0.1], [0.2, 0.4, 0.4, 0.7], [0.1, 0.1, 0.8, 0.2]]
    )
    got = score(labels, p, spec)
    # colour: right, wrong, (not red: no class), right; fever: right, unknown, wrong, right
    assert (got.rows, got.labels) == (4, 6)
    assert got.accuracy == pytest.approx(4 / 6)
    assert got.balanced_accuracy == pytest.approx((2 / 3 + (1 + 1 / 2) / 2) / 2)
    likelihood = [0.4, 0.3, 0.8, 0.5, 0.3, 0.8]
    assert got.log_loss == pytest.approx(-np.mean(np.log(likelihood)))
    assert set(got.auc) == {"colour=red", "colour=green", "colour=blue", "fever"}
    assert got.auc["colour=red"] == pytest.approx(2 / 3)
    nothing = score(np.array([[0, -1, -1, -1]]), p[:1], spec)
    assert (nothing.labels, nothing.accuracy, nothing.log_loss) == (0, None, None)
