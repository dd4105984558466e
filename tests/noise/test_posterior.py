"""The posterior of the true class, against Bayes' rule and planted matrices."""

from __future__ import annotations

import numpy as np

from labelfeed.noise.posterior import clean_posterior, clean_probabilities, fit_matrix
from tests.noise._rows import noisy_probabilities

NOISE = np.array([[0.6, 0.4, 0.0], [0.0, 0.6, 0.4], [0.4, 0.0, 0.6]])


def test_the_posterior_is_bayes_rule() -> None:
    p, given = np.array([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7]]), np.array([1, -1])
    joint = p[0] * NOISE[:, 1]
    found = clean_posterior(p, given, NOISE)
    np.testing.assert_allclose(found[0], joint / joint.sum(), rtol=1e-12)
    np.testing.assert_array_equal(found[1], p[1])


def test_a_label_that_cannot_be_leaves_the_features_to_speak() -> None:
    found = clean_posterior(np.array([[1.0, 0.0]]), np.array([1]), np.eye(2))
    assert found.tolist() == [[1.0, 0.0]]


def test_the_noise_is_taken_out_of_probabilities() -> None:
    rng = np.random.default_rng(0)
    q = rng.dirichlet([0.3, 0.3, 0.3], 200)
    found = clean_probabilities(q @ NOISE, NOISE, steps=2000)
    np.testing.assert_allclose(found, q, atol=0.02)
    singular = np.full((3, 3), 1 / 3)
    assert np.isfinite(clean_probabilities(q, singular)).all()


def test_em_recovers_a_planted_matrix_and_ranks_the_errors() -> None:
    true, given, p = noisy_probabilities(NOISE, n=4000)
    q = clean_probabilities(p, NOISE)
    start = np.full((3, 3), 0.1) + 0.7 * np.eye(3)
    found = fit_matrix(q, given, start)
    np.testing.assert_allclose(found, NOISE, atol=0.04)
    posterior = clean_posterior(q, given, found)
    error = 1 - posterior[np.arange(len(given)), given]
    wrong = given != true
    assert error[wrong].min() > np.quantile(error[~wrong], 0.98)
