"""Losses of sets of classes, trees and costs, against NumPy."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from labelfeed.losses import ExpectedCost, HierarchicalCrossentropy, SetCrossentropy

P = np.random.default_rng(0).dirichlet([1.0, 1.0, 1.0], 4).astype(np.float32)
IDS = np.array([0, 2, 1, 0], np.int32)
COST = np.array([[0, 1, 4], [1, 0, 4], [4, 4, 0]], np.float32)
MEMBERS = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0]], np.float32)
WEIGHTS = np.array([[0.5, 0, 0, 0.5], [0, 0.5, 0, 0.5], [0, 0, 1, 0]], np.float32)
LOSSES = {
    "set": SetCrossentropy(reduction="none"),
    "tree": HierarchicalCrossentropy(MEMBERS, WEIGHTS, reduction="none"),
    "cost": ExpectedCost(COST, 0.5, reduction="none"),
}


def values(loss, y, p=P):
    return ops.convert_to_numpy(loss(ops.convert_to_tensor(y), ops.convert_to_tensor(p)))


def test_values_are_those_of_numpy_for_ids_and_rows() -> None:
    own = -np.log(P[np.arange(4), IDS])
    nodes = -np.log(P @ MEMBERS.T)
    wanted = {
        "set": own,
        "tree": (nodes * WEIGHTS[IDS]).sum(axis=1),
        "cost": own + 0.5 * (COST[IDS] * P).sum(axis=1),
    }
    for name, loss in LOSSES.items():
        for y in (IDS, np.eye(3, dtype=np.float32)[IDS]):
            np.testing.assert_allclose(values(loss, y), wanted[name], rtol=1e-5)


def test_a_set_counts_by_its_summed_probability() -> None:
    rows = np.array([[0.5, 0.5, 0], [0, 0, 1], [0.5, 0, 0.5], [1, 1, 0]], np.float32)
    wanted = -np.log(np.where(rows > 0, P, 0).sum(axis=1))
    np.testing.assert_allclose(values(LOSSES["set"], rows), wanted, rtol=1e-5)


def test_saved_and_loaded_they_are_the_same_and_sure_rows_stay_finite() -> None:
    sure = np.array([[1.0, 0.0, 0.0]], np.float32)
    for loss in LOSSES.values():
        again = keras.losses.deserialize(keras.losses.serialize(loss))
        assert again.get_config() == loss.get_config()
        assert np.isfinite(values(again, np.array([2]), sure)).all()


def test_wrong_arguments_are_told() -> None:
    with pytest.raises(ValueError, match="0 on the diagonal"):
        ExpectedCost(COST + 1)
    with pytest.raises(ValueError, match="strength"):
        ExpectedCost(COST, -1.0)
    with pytest.raises(ValueError, match=r"weights \(C, nodes\)"):
        HierarchicalCrossentropy(MEMBERS, WEIGHTS[:2])
