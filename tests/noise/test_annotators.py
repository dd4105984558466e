"""Several annotators: planted error rates are recovered, and the prior counts."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.noise.annotators import consensus, majority, usable
from labelfeed.noise.errors import NoiseError

RATES = np.array([0.05, 0.3, 0.4])


def readings(n: int = 1500, seed: int = 0, missing: float = 0.2) -> tuple:
    """Return true classes and what three annotators say: the next class at a rate of each."""
    rng = np.random.default_rng(seed)
    true = rng.choice(3, n, p=[0.5, 0.3, 0.2])
    wrong = rng.random((n, 3)) < RATES
    given = np.where(wrong, (true[:, None] + 1) % 3, true[:, None])
    given[rng.random(given.shape) < missing] = -1
    return true, given


def test_the_best_annotator_is_found_and_outweighs_two() -> None:
    true, given = readings()
    found = consensus(given, 3)
    some = (given >= 0).any(axis=1)
    right = (found.posterior.argmax(axis=1) == true)[some].mean()
    assert right > (majority(given, 3) == true)[some].mean() + 0.05
    np.testing.assert_allclose(found.error_rates(given), RATES, atol=0.06)
    for matrix, rate in zip(found.matrices, RATES, strict=True):
        np.testing.assert_allclose(matrix, (1 - rate) * np.eye(3) + rate * np.eye(3)[[1, 2, 0]],
                                   atol=0.12)  # fmt: skip
    sure = found.posterior.max(axis=1)
    assert abs(sure[some].mean() - right) < 0.04, "calibrated"


def test_a_prior_of_the_features_decides_where_they_differ() -> None:
    true, given = readings()
    prior = 0.8 * np.eye(3)[true] + 0.2 / 3
    alone, both = consensus(given, 3), consensus(given, 3, prior)
    right = [(one.posterior.argmax(axis=1) == true).mean() for one in (alone, both)]
    assert right[1] > right[0] + 0.03
    nobody = (given < 0).all(axis=1)
    assert nobody.any()
    np.testing.assert_allclose(both.posterior[nobody], prior[nobody])


def test_agreeing_annotators_leave_no_doubt() -> None:
    given = np.repeat(np.arange(60)[:, None] % 2, 3, axis=1)
    found = consensus(given, 2)
    assert (found.posterior.argmax(axis=1) == given[:, 0]).all()
    assert found.error_rates(given).max() < 0.01 and found.posterior.max(axis=1).min() > 0.99


def test_those_who_tell_nothing_are_named() -> None:
    given = np.array([[0, -1, 1], [1, -1, 1], [0, -1, -1]])
    kept, notes = usable(given, ["ann", "bob", "cleo"])
    assert kept == [0]
    assert notes == (
        "annotator 'bob' labels nothing: left out",
        "annotator 'cleo' always says the same: left out",
    )


def test_what_is_no_labelling_is_refused() -> None:
    with pytest.raises(NoiseError, match="labelled any row"):
        consensus(np.full((4, 2), -1), 2)
    with pytest.raises(NoiseError, match=r"\(rows, annotators\)"):
        consensus(np.zeros(4, int), 2)
    with pytest.raises(NoiseError, match="ids up to 2"):
        consensus(np.full((4, 2), 2), 2)
