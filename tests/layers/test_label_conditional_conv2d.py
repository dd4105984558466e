"""Twin of labelfeed/layers/label_conditional_conv2d.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from keras import ops

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers import LabelConditionalConv2D
from tests.layers._reference import MULTI, SINGLE, call

X = np.random.default_rng(0).normal(size=(5, 7, 6, 2)).astype("float32")
LABEL = np.array([0, 2, -1, 2, 1], np.int32)
FOUND = np.array([[0, 1, -1], [1, 1, 1], [-1, -1, -1], [0, 0, 0], [1, -1, 0]], np.int32)


def _conv(x: np.ndarray, kernel: np.ndarray, strides: int, padding: str) -> np.ndarray:
    return ops.convert_to_numpy(ops.conv(x[None], kernel.astype("f4"), strides, padding))[0]


@pytest.mark.parametrize("strides,padding", [(1, "same"), (2, "same"), (2, "valid")])
def test_each_row_is_convolved_with_its_own_kernel(strides: int, padding: str) -> None:
    for method in ("gather", "grouped"):
        layer = LabelConditionalConv2D(
            3, (3, 2), SINGLE, strides, padding, activation="relu", method=method
        )
        plain = call(layer, [X, LABEL])
        own = np.random.default_rng(1).normal(size=layer.class_kernels.shape)
        layer.class_kernels.assign(own)
        found = call(layer, [X, LABEL])
        assert found.shape == layer.compute_output_shape([X.shape, LABEL.shape])
        shared = ops.convert_to_numpy(layer.kernel)
        for row, label in enumerate(LABEL):
            kernel = shared + (own[label].reshape(shared.shape) if label >= 0 else 0)
            expected = np.maximum(_conv(X[row], kernel, strides, padding), 0)
            np.testing.assert_allclose(found[row], expected, atol=1e-4)
        np.testing.assert_allclose(plain[2], found[2], atol=1e-6)


@pytest.mark.parametrize("spec,label", [(SINGLE, LABEL), (MULTI, FOUND)], ids=["single", "multi"])
def test_a_mixture_weights_the_basis_kernels(spec: LabelSpec, label: np.ndarray) -> None:
    layer = LabelConditionalConv2D(3, 3, spec, kernel="mixture", bases=2)
    first = call(layer, [X, label])
    shared = ops.convert_to_numpy(layer.kernel).reshape(3, 3, 2, 2, 3)
    mean = shared.sum(3) / np.sqrt(2)
    np.testing.assert_allclose(first[0], _conv(X[0], mean, 1, "same"), atol=1e-4)
    table = layer.weights_of
    table.embeddings.assign(np.random.default_rng(1).normal(size=table.embeddings.shape))
    weight = ops.convert_to_numpy(table(label))
    found = call(layer, [X, label])
    for row in range(len(X)):
        kernel = np.einsum("hwdmu,m->hwdu", shared, weight[row])
        np.testing.assert_allclose(found[row], _conv(X[row], kernel, 1, "same"), atol=1e-4)


@pytest.mark.parametrize(
    "bad, message",
    [
        ({"filters": 0}, "filters must be an integer >= 1, got 0"),
        ({"kernel_size": (3, 0)}, "kernel_size"),
        ({"bases": 0}, "bases"),
        ({"padding": "full"}, "padding must be one of"),
        ({"kernel": "own"}, "kernel must be one of"),
        ({"spec": MULTI}, "needs kernel='mixture'"),
    ],
)
def test_bad_arguments_are_refused(bad: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        LabelConditionalConv2D(**({"filters": 2, "kernel_size": 3, "spec": SINGLE} | bad))


def test_features_that_are_no_images_are_refused() -> None:
    with pytest.raises(ValueError, match=r"images \(batch, height, width, d\)"):
        LabelConditionalConv2D(2, 3, SINGLE)([X[:, 0], LABEL])
