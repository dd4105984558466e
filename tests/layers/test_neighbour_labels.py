"""`NeighbourLabels`: own labels are never read, unknown ones count for nothing, k may be large."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers import NeighbourLabels

KIND, SIGNS = LabelSpec.single(3), LabelSpec.multi(2)
RNG = np.random.default_rng(0)
X = RNG.normal(size=(12, 2)).astype(np.float32)


def said(layer: Any, x: Any, **how: Any) -> np.ndarray:
    return np.asarray(keras.ops.convert_to_numpy(layer(x, **how)))


def test_shares_are_those_of_the_nearest_other_rows() -> None:
    y = RNG.integers(0, 3, 12)
    layer = NeighbourLabels(KIND, context_size=20, neighbours=4)
    layer.adapt(X, y)
    far = np.sqrt(np.square(X[:, None] - X).sum(axis=2) + 1e-6)
    np.fill_diagonal(far, np.inf)
    near = np.argsort(far, axis=1)[:, :4]
    weight = np.exp(-np.take_along_axis(far, near, axis=1))
    weight /= weight.sum(axis=1, keepdims=True)
    shares = (weight[:, :, None] * np.eye(3)[y[near]]).sum(axis=1)
    base = keras.ops.convert_to_numpy(layer.base)
    np.testing.assert_allclose(said(layer, X), (shares + 0.02 * base) / 1.02, rtol=1e-4)


def test_group_and_equal_rows_in_training_among_drawn_candidates_too() -> None:
    x = np.concatenate([X, X[:1]])
    groups = [0, 0, *range(2, 13)]
    layer = NeighbourLabels(KIND, context_size=13, neighbours=13, candidates=6)
    outs = []
    for value in (0, 1):
        y = np.full(13, 2)
        y[[0, 1, 12]] = value  # row 0, its group and its copy
        layer.adapt(x, y, groups)
        layer.base.assign([0.2, 0.3, 0.5])
        outs.append([said(layer, x[:2], training=t) for t in (True, True, False)])
    for first in np.concatenate(outs):
        np.testing.assert_allclose(first, [[0.0, 0.0, 1.0]] * 2, atol=0.02)


def test_unknown_labels_are_neither_yes_nor_no_and_all_barred_is_the_base_rate() -> None:
    layer = NeighbourLabels(SIGNS, context_size=5, neighbours=9)
    layer.adapt(X[:3], [[1, -1], [1, 0], [0, -1]])
    p = said(layer, X[5:6])
    assert p[0, 1] < 0.2
    assert 0.05 < p[0, 0] < 0.95
    layer.adapt(X[:2], [[1, 1], [0, 1]], groups=["a", "a"])
    np.testing.assert_allclose(said(layer, X[:2]), [keras.ops.convert_to_numpy(layer.base)] * 2)


def test_given_keys_say_what_is_near() -> None:
    layer = NeighbourLabels(KIND, context_size=2, neighbours=1)
    layer.adapt(X[:2], [0, 1], keys=[[5.0], [-5.0]])
    p = said(layer, [X[5:7], np.array([[4.0], [-4.0]], np.float32)])
    assert p.argmax(axis=1).tolist() == [0, 1]
    with pytest.raises(ValueError, match=r"reads \[features, keys\]"):
        layer.adapt(X[:2], [0, 1])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [({"neighbours": 0}, "neighbours must be"), ({"values": "mean"}, "values must be 'shares'")],
)
def test_wrong_arguments(arguments: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        NeighbourLabels(KIND, context_size=3, **arguments)
