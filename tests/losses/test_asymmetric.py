"""The asymmetric loss, against NumPy."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from labelfeed.losses import AsymmetricLoss

RNG = np.random.default_rng(0)
Y = RNG.integers(0, 2, (6, 3)).astype(np.float32)
P = RNG.random((6, 3)).astype(np.float32)


def values(loss: keras.losses.Loss, y: np.ndarray, p: np.ndarray) -> np.ndarray:
    return np.asarray(
        ops.convert_to_numpy(loss(ops.convert_to_tensor(y), ops.convert_to_tensor(p)))
    )


def test_values_are_those_of_the_paper() -> None:
    q = np.maximum(P - 0.05, 0)
    expected = np.where(Y == 1, -(1 - P) * np.log(P), -(q**4) * np.log(1 - q))
    np.testing.assert_allclose(values(AsymmetricLoss(reduction="none"), Y, P), expected, rtol=1e-4)
    plain = values(AsymmetricLoss(0.0, 0.0, 0.0, reduction="none"), Y, P)
    np.testing.assert_allclose(plain, -np.log(np.where(Y == 1, P, 1 - P)), rtol=1e-4)


def test_sure_rows_stay_finite_and_it_is_saved() -> None:
    loss = AsymmetricLoss(0.5, 0.5)
    sure = np.array([[1.0, 0.0], [0.0, 1.0]], np.float32)
    assert np.isfinite(values(loss, np.array([[1.0, 0.0], [1.0, 0.0]], np.float32), sure))
    again = keras.losses.deserialize(keras.losses.serialize(loss))
    assert again.get_config() == loss.get_config()
    for arguments, message in (((-1.0,), "at least 0"), ((1.0, 1.0, 1.0), r"margin must be in")):
        with pytest.raises(ValueError, match=message):
            AsymmetricLoss(*arguments)
