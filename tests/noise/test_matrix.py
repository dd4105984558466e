"""The noise matrix, against planted ones."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.noise.errors import NoiseError
from labelfeed.noise.matrix import (
    anchor_matrix,
    checked_matrix,
    confident_joint,
    counted_joint,
    first_matrix,
    shrunk_matrix,
    surest_rates,
)
from tests.noise._rows import noisy_probabilities

TRUE = np.array([[0.7, 0.3, 0.0], [0.0, 0.8, 0.2], [0.05, 0.05, 0.9]])


def test_every_estimate_finds_a_planted_matrix() -> None:
    true, given, p = noisy_probabilities(TRUE)
    joint = confident_joint(p, given)
    for found in (
        joint / joint.sum(axis=1, keepdims=True),
        anchor_matrix(p),
        first_matrix(p, given),
        shrunk_matrix(counted_joint(true, given, 3), np.full(3, 1 / 3)),
    ):
        assert found.dtype == np.float64
        np.testing.assert_allclose(found, TRUE, atol=0.04)
        np.testing.assert_allclose(found.sum(axis=1), 1)


def test_the_joint_counts_what_stands_in_the_paper() -> None:
    p = np.array([[0.9, 0.1], [0.6, 0.4], [0.8, 0.2], [0.3, 0.7]])
    given = np.array([0, 0, 1, 1])
    # thresholds: class 0 (.9 + .6) / 2, class 1 (.2 + .7) / 2; row 1 is below both
    assert confident_joint(p, given).tolist() == [[2.0, 1.0], [0.0, 1.0]]
    assert confident_joint(p, np.array([0, -1, 1, -1])).sum() == 2, "unknown labels count nowhere"


def test_hard_rows_are_no_noise() -> None:
    """Differences become rarer the surer the rows are; those of noise do not."""
    rng = np.random.default_rng(0)
    p1 = rng.uniform(0.02, 0.98, 4000)
    given = (rng.random(4000) < p1).astype(int)
    half, top, rows = surest_rates(np.stack([1 - p1, p1], axis=1), given)
    assert rows > 100 and top < 0.6 * half
    _, given, p = noisy_probabilities(TRUE)
    half, top, _ = surest_rates(p, given)
    assert top > 0.8 * half > 0.1


def test_few_rows_take_the_shape_of_all() -> None:
    counts = np.diag([80.0, 80.0, 0.0]) + 20 * np.eye(3)[[1, 2, 0]] * [[1], [1], [0]]
    found = shrunk_matrix(counts, np.full(3, 1 / 3))
    assert found[0].argmax() == 0 and found[0, 1] > 5 * found[0, 2], "counts win where there are"
    assert 0.6 < found[2, 2] < 0.95, "a class without rows errs as the others do"
    uniform = np.full((3, 3), 4.0) + 36 * np.eye(3)
    noisy = uniform + np.array([[0, 3, -3], [-2, 0, 2], [1, -1, 0]])
    near = shrunk_matrix(noisy, np.full(3, 1 / 3))
    raw = noisy / noisy.sum(axis=1, keepdims=True)
    exact = uniform / uniform.sum(axis=1, keepdims=True)
    assert np.abs(near - exact).sum() < np.abs(raw - exact).sum()


@pytest.mark.parametrize(
    ("matrix", "what"),
    [
        ([[0.9, 0.2], [0.1, 0.9]], "Row 0.*sums to 1.1.*transpose"),
        ([[1.5, -0.5], [0, 1]], "Row 0"),
        ([[1.0, np.nan], [0, 1]], "Row 0"),
        (np.eye(3), r"shape \(2, 2\)"),
        ([["a", "b"], ["c", "d"]], "numbers"),
    ],
)
def test_what_is_no_noise_matrix_is_refused(matrix, what) -> None:
    with pytest.raises(NoiseError, match=what):
        checked_matrix(matrix, 2)


def test_other_wrong_arguments() -> None:
    with pytest.raises(NoiseError, match="share"):
        anchor_matrix(np.eye(2), share=0)
    with pytest.raises(NoiseError, match=r"\(n,\) each"):
        counted_joint([0, 1], [0], 2)
