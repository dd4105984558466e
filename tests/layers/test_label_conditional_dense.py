"""A kernel for each class beside the shared one."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers import LabelConditionalDense
from tests.layers._reference import MULTI, SHAPES, SINGLE, call, inputs, randomise, relu, trained


def reference(values: list, weights: dict, spec: LabelSpec) -> np.ndarray:
    """Row by row: the shared kernel, plus those of the labels that are known."""
    out = []
    for row, label in zip(*values, strict=True):
        kernel, bias = weights["kernel"].copy(), weights["bias"].copy()
        if spec.kind == "single":
            chosen = [int(label)] if label >= 0 else []
        else:  # the kernels for absent stand before those for present
            chosen = [j + spec.num_classes * int(v) for j, v in enumerate(label) if v >= 0]
        for index in chosen:
            kernel += weights["class_kernels"][index]
            bias += weights["class_biases"][index]
        out.append(row.astype(np.float64) @ kernel + bias)
    return relu(np.stack(out))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("spec", [SINGLE, MULTI], ids=["single", "multi"])
def test_forward_equals_the_formula(spec: LabelSpec, shape: tuple[int, ...]) -> None:
    layer = LabelConditionalDense(4, spec, activation="relu")
    values = inputs(spec, shape)
    call(layer, values)
    weights = randomise(layer)
    found = call(layer, values)
    assert found.shape == layer.compute_output_shape([v.shape for v in values])
    np.testing.assert_allclose(found, reference(values, weights, spec), rtol=2e-5, atol=2e-5)


@pytest.mark.parametrize("spec", [SINGLE, MULTI], ids=["single", "multi"])
def test_it_starts_as_a_plain_dense_layer(spec: LabelSpec) -> None:
    layer = LabelConditionalDense(4, spec)
    x, label = inputs(spec)
    found = call(layer, [x, label])
    np.testing.assert_allclose(found, x @ ops.convert_to_numpy(layer.kernel), atol=1e-5)


@pytest.mark.parametrize("spec", [SINGLE, MULTI], ids=["single", "multi"])
def test_two_labels_give_two_transformations_after_training(spec: LabelSpec) -> None:
    layer = LabelConditionalDense(2, spec)
    x, label = inputs(spec, n=12)
    label = np.arange(12, dtype=np.int32) % 2 if spec.kind == "single" else np.abs(label)
    first = label if spec.kind == "single" else label[:, 0]
    trained(layer, [x, label], np.where(first[:, None] == 1, x[:, :2], -x[:, :2]))
    outputs = [call(layer, [x, np.full_like(label, value)]) for value in (0, 1, -1)]
    for a, b in ((0, 1), (0, 2), (1, 2)):
        assert abs(outputs[a] - outputs[b]).max() > 1e-3
    # Not a shift of the outputs only: the difference depends on the features.
    assert np.std(outputs[0] - outputs[1], axis=0).min() > 1e-3


@pytest.mark.parametrize("spec", [SINGLE, MULTI], ids=["single", "multi"])
def test_the_gradient_reaches_the_kernels_of_the_labels_that_were_read(spec: LabelSpec) -> None:
    layer = LabelConditionalDense(2, spec, use_bias=False)
    x, label = inputs(spec)
    label = np.zeros_like(label)  # class 0 only; all findings absent
    trained(layer, [x, label], np.ones((len(x), 2)))
    moved = abs(ops.convert_to_numpy(layer.class_kernels)).sum(axis=(1, 2)) > 0
    expected = [True] + [False] * 2 if spec.kind == "single" else [True] * 3 + [False] * 3
    assert moved.tolist() == expected


@pytest.mark.parametrize("spec", [SINGLE, MULTI], ids=["single", "multi"])
def test_unknown_moves_the_shared_kernel_only(spec: LabelSpec) -> None:
    layer = LabelConditionalDense(2, spec)
    x, label = inputs(spec)
    trained(layer, [x, np.full_like(label, -1)], np.ones((len(x), 2)))
    assert not ops.convert_to_numpy(layer.class_kernels).any()
    assert not ops.convert_to_numpy(layer.class_biases).any()
    assert ops.convert_to_numpy(layer.bias).any()


def test_int_features_are_taken() -> None:
    layer = LabelConditionalDense(2, SINGLE)
    label = np.array([0, -1], np.int32)
    ints = call(layer, [np.array([[1, 2], [3, 4]], np.int32), label])
    np.testing.assert_allclose(ints, call(layer, [np.array([[1, 2], [3, 4.0]], "f4"), label]))


def test_dropout_and_regularizer() -> None:
    layer = LabelConditionalDense(
        200, SINGLE, dropout=0.5, kernel_regularizer="l2", class_kernel_initializer="ones"
    )
    values = inputs(SINGLE)
    assert (call(layer, values, training=False) != 0).mean() > 0.99
    assert abs((call(layer, values, training=True) == 0).mean() - 0.5) < 0.1
    kernels = (ops.convert_to_numpy(w) for w in (layer.kernel, layer.class_kernels))
    expected = 0.01 * sum((k.astype(np.float64) ** 2).sum() for k in kernels)
    np.testing.assert_allclose(ops.convert_to_numpy(sum(layer.losses)), expected, rtol=1e-5)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"units": 0}, "units must be an integer >= 1, got 0"),
        ({"units": 2.5}, "units must be an integer >= 1, got 2.5"),
        ({"dropout": 1.0}, r"dropout must be in \[0, 1\)"),
        ({"label_dropout": -1}, r"label_dropout must be in \[0, 1\)"),
    ],
)
def test_bad_arguments_are_refused(arguments: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        LabelConditionalDense(**({"units": 2, "spec": SINGLE} | arguments))


def test_bad_inputs_are_refused() -> None:
    x, label = inputs(SINGLE)
    with pytest.raises(ValueError, match=r"\[features, label\]"):
        LabelConditionalDense(2, SINGLE)(x)
    with pytest.raises(ValueError, match=r"single label, got \(7, 3\)"):
        call(LabelConditionalDense(2, SINGLE), [x, np.zeros((7, 3), np.int32)])
    with pytest.raises(ValueError, match="known last axis"):
        call(LabelConditionalDense(2, SINGLE), [label, x])
