"""Losses for noisy labels, against NumPy and what the papers prove of them."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from labelfeed.losses import ForwardCorrected, GeneralizedCrossentropy

RNG = np.random.default_rng(0)
P = RNG.dirichlet([1.0, 1.0, 1.0], 6).astype(np.float32)
IDS = np.array([0, 1, 2, 2, 1, 0], np.int32)
YES = RNG.random((6, 2)).astype(np.float32)
STATES = RNG.integers(0, 2, (6, 2)).astype(np.float32)
T = np.array([[0.6, 0.4, 0.0], [0.0, 0.7, 0.3], [0.1, 0.1, 0.8]])


def values(loss, y, p):
    return ops.convert_to_numpy(loss(ops.convert_to_tensor(y), ops.convert_to_tensor(p)))


def test_values_are_those_of_numpy() -> None:
    found = values(ForwardCorrected(T, reduction="none"), IDS, P)
    np.testing.assert_allclose(found, -np.log((P @ T)[np.arange(6), IDS]), rtol=1e-5)
    of_labels = np.array([[[0.9, 0.1], [0.2, 0.8]], np.eye(2)])
    written = of_labels[:, 0, 1] * (1 - YES) + of_labels[:, 1, 1] * YES
    found = values(ForwardCorrected(of_labels, reduction="none"), STATES, YES)
    np.testing.assert_allclose(
        found, -np.log(np.where(STATES == 1, written, 1 - written)), rtol=1e-5
    )
    own = P[np.arange(6), IDS]
    for q in (0.3, 1.0):
        found = values(GeneralizedCrossentropy(q, reduction="none"), IDS, P)
        np.testing.assert_allclose(found, (1 - own**q) / q, rtol=1e-5)
    found = values(GeneralizedCrossentropy(0.7, reduction="none"), STATES, YES)
    own = np.where(STATES == 1, YES, 1 - YES)
    np.testing.assert_allclose(found, (1 - own**0.7) / 0.7, rtol=1e-5)


def test_without_noise_and_for_small_q_it_is_cross_entropy() -> None:
    usual = -np.log(P[np.arange(6), IDS])
    for loss in (ForwardCorrected(np.eye(3), reduction="none"),
                 GeneralizedCrossentropy(1e-3, reduction="none")):  # fmt: skip
        np.testing.assert_allclose(values(loss, IDS, P), usual, rtol=5e-3)


def test_sure_and_wrong_rows_stay_finite() -> None:
    sure = np.array([[1.0, 0.0], [0.0, 1.0]], np.float32)
    for loss in (ForwardCorrected(np.eye(2)), GeneralizedCrossentropy()):
        assert np.isfinite(values(loss, np.array([1, -1]), sure))


def test_saved_and_loaded_they_are_the_same() -> None:
    for loss in (ForwardCorrected(T), GeneralizedCrossentropy(0.4)):
        again = keras.losses.deserialize(keras.losses.serialize(loss))
        assert again.get_config() == loss.get_config()
        np.testing.assert_allclose(values(again, IDS, P), values(loss, IDS, P))


def test_wrong_arguments_are_told() -> None:
    with pytest.raises(ValueError, match="sum to 1"):
        ForwardCorrected(2 * T)
    with pytest.raises(ValueError, match=r"\(2, 3\)"):
        ForwardCorrected(T[:2])
    with pytest.raises(ValueError, match="q must be"):
        GeneralizedCrossentropy(0)
