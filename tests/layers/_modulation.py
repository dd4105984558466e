"""What every layer that modulates features must do, checked against its formula in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from keras import ops

from tests.layers._reference import MULTI, SINGLE, call, states

SHAPES = [(6,), (3, 6), (2, 3, 6)]  # of one row's features: vector, sequence, image


def data(shape: tuple[int, ...], n: int = 7) -> list[np.ndarray]:
    """Return features, a single and a multi label, some unknown."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, *shape)).astype(np.float32)
    return [x, rng.integers(-1, 3, n).astype("int32"), rng.integers(-1, 2, (n, 3)).astype("int32")]


def tables(layer: Any, labels: list[np.ndarray], like: np.ndarray) -> list[np.ndarray]:
    """Give the tables random rows; return what the labels look up, one array a vector."""
    rng, total = np.random.default_rng(1), 0
    for table, spec, label in zip(layer.tables, layer.specs, labels, strict=True):
        rows = 0.5 * rng.normal(size=table.embeddings.shape)
        table.embeddings.assign(rows)
        total = total + states(label, spec) @ rows
    parts = np.split(total, layer.vectors, axis=1)
    return [p.reshape(len(p), *[1] * (like.ndim - 2), -1) for p in parts]


def check(make: Any, formula: Any, start: Any) -> None:
    """Check a layer made by `make(spec, **options)`.

    Args:
        make: The layer's class, or a function with its signature.
        formula: `(layer, x, vectors) -> expected output`, in float64.
        start: `(layer, x) -> output before training`, whatever the label.
    """
    for shape in SHAPES:
        x, single, multi = data(shape)
        layer = make([SINGLE, MULTI])
        first = call(layer, [x, single, multi])
        assert first.shape == tuple(layer.compute_output_shape([x.shape, (7,), (7, 3)]))
        np.testing.assert_allclose(first, start(layer, x.astype("f8")), rtol=1e-4, atol=1e-4)
        vectors = tables(layer, [single, multi], x)
        found = call(layer, [x, single, multi])
        np.testing.assert_allclose(
            found, formula(layer, x.astype("f8"), vectors), rtol=1e-4, atol=1e-4
        )
    _hides_and_corrupts(make)
    with pytest.raises(ValueError, match=r"reads a list \[features, kind\]"):
        make(SINGLE)(ops.ones((2, 6)))
    with pytest.raises(ValueError, match="non-empty"):
        make([])


def _hides_and_corrupts(make: Any) -> None:
    x = np.random.default_rng(0).normal(size=(400, 6)).astype(np.float32)
    label = np.zeros(400, np.int32)
    for option, share in (({"label_dropout": 0.5}, 0.5), ({"label_corruption": 0.3}, 0.3)):
        layer = make(SINGLE, **option)
        call(layer, [x, label])
        layer.tables[0].embeddings.assign(np.arange(4)[:, None] + np.ones((1, layer.vectors * 6)))
        seen = ops.convert_to_numpy(layer.tables[0](label, training=True))[:, 0] - 1
        assert abs((seen != 0).mean() - share) < 0.1
        assert set(seen) == ({0, 3} if "label_dropout" in option else {0, 1, 2})
        np.testing.assert_array_equal(ops.convert_to_numpy(layer.tables[0](label))[:, 0], 1)
