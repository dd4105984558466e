"""Scores of the labels that a model did not read."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn import metrics

from labelfeed.metrics.partial_scores import area_under_roc, average_precision, partial_scores


def scored(n: int = 200, ties: bool = False) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    y, p = rng.integers(-1, 2, (n, 3)), rng.random((n, 3))
    return y, np.round(p, 1) if ties else p


@pytest.mark.parametrize("ties", [False, True])
def test_ranking_scores_equal_scikit_learn(ties: bool) -> None:
    y, p = scored(ties=ties)
    y = y[:, 0].clip(0)
    assert area_under_roc(y, p[:, 0]) == pytest.approx(metrics.roc_auc_score(y, p[:, 0]))
    expected = metrics.average_precision_score(y, p[:, 0])
    assert average_precision(y, p[:, 0]) == pytest.approx(expected)


def test_only_known_targets_count() -> None:
    y, p = scored()
    found = partial_scores(y, p)
    seen = y >= 0
    assert found.scored == seen.sum()
    assert found.micro_auc == pytest.approx(metrics.roc_auc_score(y[seen], p[seen]))
    assert found.log_loss == pytest.approx(metrics.log_loss(y[seen], p[seen]))
    columns = [metrics.roc_auc_score(y[seen[:, j], j], p[seen[:, j], j]) for j in range(3)]
    assert found.macro_auc == pytest.approx(np.mean(columns))
    assert partial_scores(y, np.where(seen, p, 1 - p)) == found


def test_calibration_error_is_the_gap_of_the_bins() -> None:
    y = np.array([[1], [0], [0], [0], [1], [1]])
    p = np.array([[0.25], [0.25], [0.25], [0.25], [0.75], [0.75]])
    assert partial_scores(y, p).calibration_error == pytest.approx(2 / 6 * 0.25)
    assert partial_scores(y, y.astype(float)).calibration_error == 0


def test_labels_all_alike_are_left_out_of_the_macro_means() -> None:
    y, p = np.array([[1, 1], [0, 1]]), np.array([[0.9, 0.1], [0.2, 0.3]])
    assert partial_scores(y, p).macro_auc == 1.0
    nothing = partial_scores(np.full((2, 2), -1), p)
    assert nothing.scored == 0
    assert all(map(math.isnan, (nothing.macro_auc, nothing.micro_auc, nothing.log_loss)))


def test_certain_and_wrong_is_finite() -> None:
    assert partial_scores(np.array([[1]]), np.array([[0.0]])).log_loss == pytest.approx(
        16.118, 1e-3
    )


def test_shapes_must_agree() -> None:
    with pytest.raises(ValueError, match=r"got \(2, 2\) and \(2, 3\)"):
        partial_scores(np.zeros((2, 2)), np.zeros((2, 3)))
