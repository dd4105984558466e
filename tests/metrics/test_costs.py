"""Decisions and scores where mistakes cost differently."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.metrics.costs import least_cost, tree_scores

COST = np.array([[0, 2, 4], [2, 0, 4], [4, 4, 0]], float)


def test_the_decision_of_least_cost_stays_on_the_likely_side() -> None:
    p = np.array([[0.3, 0.3, 0.4], [0.0, 0.0, 1.0], [0.9, 0.1, 0.0]])
    assert least_cost(p, COST).tolist() == [0, 2, 0]
    for k in range(3):
        chosen = (p @ COST)[np.arange(3), least_cost(p, COST)]
        assert (chosen <= (p @ COST)[:, k]).all()
    with pytest.raises(ValueError, match=r"cost \(C, C\)"):
        least_cost(p, COST[:2])


def test_scores_of_a_tree() -> None:
    p = np.array([[0.3, 0.3, 0.4], [0.1, 0.8, 0.1]])
    found = tree_scores(np.array([0, 0]), p, COST, {"top": np.array([0, 0, 1])})
    assert found["cost"] == pytest.approx((4 + 2) / 2)
    assert found["least_cost"] == pytest.approx((0 + 2) / 2)
    assert found["levels"] == {"top": 1.0}
