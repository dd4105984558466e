"""Stages of boosted trees: each column takes its best, all of them have a say, budgets are kept."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.estimators.stages import best_stages, fewer_steps, stage_losses
from labelfeed.labels.spec import LabelSpec

SPEC = LabelSpec.multi(2)
Y = np.array([[1, 1], [0, 0]] * 50)


def staged(first: tuple[float, ...], second: tuple[float, ...]) -> np.ndarray:
    """Return logits of stages that are so sure of the right state of each label."""
    sure = np.stack([first, second], axis=1)[:, None]
    return (sure * (2 * Y - 1)).astype(np.float32)


def test_each_column_takes_its_best_stage_and_its_logits() -> None:
    logits = staged((0.0, 9.0, 0.0), (0.0, 0.0, 9.0))
    oof, iterations = best_stages(logits, Y, SPEC, np.ones(100), 5)
    assert iterations == [10, 15] and oof.dtype == np.float64
    np.testing.assert_array_equal(oof, np.stack([logits[1, :, 0], logits[2, :, 1]], axis=1))


def test_the_mean_column_counts_twice_and_rows_by_their_weight() -> None:
    logits = staged((0.0, 1.0), (0.0, -1.0))
    losses = stage_losses(logits, Y, SPEC, np.full(100, 2.0))
    own = 200 * np.log1p(np.exp([[0.0, 0.0], [-1.0, 1.0]]))
    np.testing.assert_allclose(losses, own + 2 * own.mean(axis=1, keepdims=True), rtol=1e-6)


@pytest.mark.parametrize(
    ("over", "found"), [(0.1, (80, 0.1)), (2.0, (40, 0.2)), (100.0, (20, 0.3))]
)
def test_beyond_the_budget_steps_are_fewer_and_larger(over: float, found: tuple) -> None:
    assert fewer_steps(80, 0.1, over, 10) == found
    assert fewer_steps(3, 0.1, over, 5)[0] == 5
