"""Ensemble networks: members that know nothing of each other, their loss, their mean."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops

from labelfeed.estimators.member_networks import MemberNetworks
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.piecewise_linear_encoding import PiecewiseLinearEncoding
from labelfeed.layers.robust_scaling import RobustScaling
from labelfeed.strategies.ensemble_network import (
    build_ensemble_network,
    mean_network,
    member_loss,
    put_weights,
)
from tests._core import randomised

MIXED = LabelSpec.columns([LabelSpec.single(["s", "m", "l"], name="size"), "fever", "rash"])


def test_the_mean_is_scaled_shifted_and_saved(tmp_path) -> None:
    x = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")
    ensemble = build_ensemble_network(
        (3,), MIXED, 2, copies=2, width=4,
        scaling=RobustScaling.of(x), encoding=PiecewiseLinearEncoding.of(x, 3),
    )  # fmt: skip
    assert not ops.convert_to_numpy(ensemble(x)).any()  # starts at even odds
    randomised(ensemble)
    every = ops.convert_to_numpy(ensemble(x))
    assert every.shape == (40, 4, 5)
    assert all(np.abs(every[:, m] - every[:, m - 1]).max() > 1e-3 for m in range(4))
    scale, shift = np.array([1, 1, 1, 2, 0.5]), np.array([0, 0, 1, 0, 3.0])
    network = mean_network(ensemble, scale, shift)
    expected = every.mean(axis=1) * scale + shift
    np.testing.assert_allclose(ops.convert_to_numpy(network(x)), expected, rtol=1e-4, atol=1e-4)
    network.save(tmp_path / "n.keras")
    again = keras.saving.load_model(tmp_path / "n.keras")
    np.testing.assert_allclose(ops.convert_to_numpy(again(x)), expected, rtol=1e-4, atol=1e-4)


def test_weights_that_numpy_trains_mean_the_same_in_keras() -> None:
    x = np.random.default_rng(0).normal(size=(40, 3)).astype("float32") * [1, 1e4, 1]
    x = x.astype("float32")
    scaling, encoding = RobustScaling.of(x), PiecewiseLinearEncoding.of(x, 3)
    read = np.concatenate([scaling.by_numpy(x), encoding.by_numpy(x)], axis=1)
    networks = MemberNetworks(read.shape[1], (4, 4), 5, groups=2, copies=2)
    networks.vector[:] += np.random.default_rng(1).normal(size=len(networks.vector)) / 3
    ensemble = build_ensemble_network(
        (3,), MIXED, 2, copies=2, width=4, scaling=scaling, encoding=encoding, drawn=False
    )
    put_weights(ensemble, networks.layers)
    expected = networks.logits(np.ascontiguousarray(read.T))
    found = ops.convert_to_numpy(ensemble(x)).transpose(1, 2, 0)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


def test_loss_is_that_of_the_columns_and_leaves_unknown_ones_out() -> None:
    rng = np.random.default_rng(0)
    z = rng.normal(size=(4, 2, 5)).astype("float32")
    y = np.array([[0, 1, 0, 1, -1], [-1, -1, -1, 0, 1], [1, 0, 0, -1, -1], [-1] * 5])
    found = ops.convert_to_numpy(member_loss(MIXED)(y[:, None].astype("float32"), z))
    p = np.exp(z[..., :3]) / np.exp(z[..., :3]).sum(axis=-1, keepdims=True)
    q = 1 / (1 + np.exp(-z[..., 3:]))
    expected = np.zeros((4, 2))
    expected[0] = -np.log(p[0, :, 1]) - np.log(q[0, :, 0])
    expected[1] = -np.log(1 - q[1, :, 0]) - np.log(q[1, :, 1])
    expected[2] = -np.log(p[2, :, 0])
    np.testing.assert_allclose(found, expected / 3, rtol=1e-4, atol=1e-6)
    single = member_loss(LabelSpec.single(3))(y[:1, None, :3].astype("float32"), z[:1, :, :3])
    np.testing.assert_allclose(ops.convert_to_numpy(single), -np.log(p[:1, :, 1]), rtol=1e-4)
