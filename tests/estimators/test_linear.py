"""Ridge logistic regression of all labels at once."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from labelfeed.estimators.linear import LinearProblem
from labelfeed.labels.spec import LabelSpec
from tests.estimators._rows import labels_that_hang_together, mixed


def test_is_the_logistic_regression_of_each_label() -> None:
    x, y = labels_that_hang_together()
    found = LinearProblem(x, y, LabelSpec.multi(4)).solve(3.0, iterations=300)
    for label in range(4):
        peer = LogisticRegression(C=1 / 3, tol=1e-8).fit(x, y[:, label])
        assert found.weights[:, label] == pytest.approx(peer.coef_[0], abs=0.01)
        assert found.bias[label] == pytest.approx(peer.intercept_[0], abs=0.01)


def test_classes_have_a_softmax_of_their_own() -> None:
    x, y, spec = mixed()
    found = LinearProblem(x, y, spec).solve(2.0, iterations=300)
    peer = LogisticRegression(C=0.5, tol=1e-8).fit(x, y[:, :3].argmax(axis=1))
    assert found.weights[:, :3] == pytest.approx(peer.coef_.T, abs=0.02)


def test_more_features_than_rows_have_the_same_solution() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(20, 60)), rng.integers(0, 2, (20, 2))
    wide = LinearProblem(x, y, LabelSpec.multi(2)).solve(5.0, iterations=300)
    peer = LogisticRegression(C=0.2, tol=1e-8).fit(x, y[:, 0])
    # The bias is held to the base rate a little, which twenty rows feel.
    assert np.corrcoef(wide.weights[:, 0], peer.coef_[0])[0, 1] > 0.999


def test_unknown_labels_and_weights_count_as_rows_left_out_and_doubled() -> None:
    x, y = labels_that_hang_together(60)
    spec, hidden = LabelSpec.multi(4), y.copy()
    hidden[40:] = -1
    part = LinearProblem(x[:40], y[:40], spec).solve(3.0, 300)
    assert LinearProblem(x, hidden, spec).solve(3.0, 300).weights == pytest.approx(
        part.weights, abs=0.01
    )
    twice = LinearProblem(np.tile(x, (2, 1)), np.tile(y, (2, 1)), spec).solve(3.0, 300)
    heavy = LinearProblem(x, y, spec, weight=np.full(60, 2.0)).solve(3.0, 300)
    assert heavy.weights == pytest.approx(twice.weights, abs=0.01)


def test_starts_from_an_offset_without_intercept() -> None:
    x, y = labels_that_hang_together()
    spec = LabelSpec.multi(4)
    whole = LinearProblem(x, y, spec).solve(1.0, 300)
    rest = LinearProblem(x, y, spec, offset=whole.logits(x), intercept=False).solve(1000.0)
    assert np.abs(rest.weights).max() < 0.01 and (rest.bias == 0).all()


def test_a_label_of_one_state_stays_finite() -> None:
    x, y = labels_that_hang_together(30)
    y[:, 0], y[:, 1] = 0, -1
    found = LinearProblem(x, y, LabelSpec.multi(4)).solve(1.0)
    assert np.isfinite(found.logits(x)).all() and (found.logits(x)[:, 0] < 0).all()
    assert found.logits(x)[:, 1] == pytest.approx(0, abs=1e-6)
