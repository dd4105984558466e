"""The gap of the law of total probability, and the nearest table without one."""

from __future__ import annotations

import numpy as np

from labelfeed.metrics.coherence import coherence_gap, projected


def test_gap_of_two_answers() -> None:
    now, chance = np.array([[0.5, 0.2]]), np.array([[0.25, 0.75]])
    then = np.array([[[0.8, 0.2]], [[0.4, 0.2]]])
    np.testing.assert_allclose(coherence_gap(now, chance, then), [[0.0, 0.0]], atol=1e-12)
    np.testing.assert_allclose(coherence_gap(now + 0.1, chance, then), [[0.1, 0.1]])


def test_projection_keeps_the_odds_ratio_and_what_is_coherent() -> None:
    now, chance = np.array([0.2, 0.3, 0.5]), np.array([0.6, 0.4])
    then = np.array([[0.1, 0.4, 0.5], [0.5, 0.3, 0.2]])
    moved = projected(now, chance, then)
    np.testing.assert_allclose(chance @ moved, now, atol=1e-8)
    np.testing.assert_allclose(moved.sum(axis=1), 1)
    ratio = np.log(then[0] / then[1])
    found = np.log(moved[0] / moved[1])
    np.testing.assert_allclose(found - found[0], ratio - ratio[0], atol=1e-6)
    np.testing.assert_allclose(projected(chance @ then, chance, then), then, atol=1e-9)
    sure = projected(now, np.array([0.0, 1.0]), then)  # an answer that cannot come
    np.testing.assert_allclose(sure[1], now, atol=1e-6)
