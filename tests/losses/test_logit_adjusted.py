"""The logit-adjusted loss, against NumPy and what the paper says of its minimum."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from labelfeed.losses import LogitAdjusted

RNG = np.random.default_rng(0)
PRIOR = np.array([0.7, 0.25, 0.05])


def values(loss: keras.losses.Loss, y: np.ndarray, p: np.ndarray) -> np.ndarray:
    return np.asarray(
        ops.convert_to_numpy(loss(ops.convert_to_tensor(y), ops.convert_to_tensor(p)))
    )


@pytest.mark.parametrize("tau", [0.0, 0.5, 1.0])
def test_values_are_cross_entropy_of_adjusted_logits(tau: float) -> None:
    z = RNG.normal(size=(6, 3)).astype(np.float32)
    ids = np.array([0, 1, 2, 2, 1, 0], np.int32)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    moved = z + tau * np.log(PRIOR)
    expected = np.log(np.exp(moved).sum(axis=1)) - moved[np.arange(6), ids]
    found = values(LogitAdjusted(PRIOR, tau, reduction="none"), ids, p)
    np.testing.assert_allclose(found, expected, rtol=1e-4)
    states = RNG.integers(0, 2, (6, 3)).astype(np.float32)
    moved = z + tau * np.log(PRIOR / (1 - PRIOR))
    expected = np.logaddexp(0, np.where(states == 1, -moved, moved))
    loss = LogitAdjusted(PRIOR, tau, yes_no=True, reduction="none")
    found = values(loss, states, (1 / (1 + np.exp(-z))).astype(np.float32))
    np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_what_says_nothing_is_best_where_features_say_nothing() -> None:
    """Equal probabilities have the least loss of labels as frequent as the prior."""
    ids = np.repeat([0, 1, 2], [70, 25, 5]).astype(np.int32)
    loss = LogitAdjusted(PRIOR)
    even = np.full(3, 1 / 3)
    least = values(loss, ids, np.tile(even, (100, 1)).astype(np.float32))
    for other in (PRIOR, [0.4, 0.3, 0.3], [0.3, 0.3, 0.4]):
        assert values(loss, ids, np.tile(other, (100, 1)).astype(np.float32)) > least


def test_sure_and_wrong_rows_stay_finite_and_it_is_saved() -> None:
    loss = LogitAdjusted([0.9, 0.1], 0.5)
    sure = np.array([[1.0, 0.0], [0.0, 1.0]], np.float32)
    found = values(loss, np.array([1, -1]), sure)
    assert np.isfinite(found)
    again = keras.losses.deserialize(keras.losses.serialize(loss))
    assert again.get_config() == loss.get_config()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0.5, 0.6],), "sum to 1, got 1.1"),
        (([0.0, 1.0],), "above 0 and below 1"),
        (([0.5, 0.5], -1.0), "tau must be at least 0"),
    ],
)
def test_what_is_no_prior_is_refused(arguments: tuple, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        LogitAdjusted(*arguments)
