"""The label as a learned vector."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers import LabelEmbedding
from tests.layers._reference import (
    MULTI,
    SHAPES,
    SINGLE,
    call,
    inputs,
    randomise,
    relu,
    spread,
    states,
    trained,
)

BOTH = pytest.mark.parametrize("spec", [SINGLE, MULTI], ids=["single", "multi"])
MODES = pytest.mark.parametrize("mode", ["embedding", "one_hot"])


@BOTH
@MODES
@pytest.mark.parametrize("shape", SHAPES)
def test_forward_equals_the_formula(spec: LabelSpec, mode: str, shape: tuple[int, ...]) -> None:
    layer = LabelEmbedding(4, spec, mode=mode, activation="relu")
    values = inputs(spec, shape)
    call(layer, values)
    weights = randomise(layer)
    vector = relu(states(values[1], spec) @ weights["embeddings"] + weights.get("bias", 0.0))
    expected = np.concatenate([values[0], spread(vector, values[0])], axis=-1)
    found = call(layer, values)
    assert found.shape == layer.compute_output_shape([v.shape for v in values])
    np.testing.assert_allclose(found, expected, rtol=2e-5, atol=2e-5)
    alone = ops.convert_to_numpy(layer(ops.convert_to_tensor(values[1])))
    assert alone.shape == layer.compute_output_shape(values[1].shape)
    np.testing.assert_allclose(alone, vector, rtol=2e-5, atol=2e-5)


@BOTH
@MODES
def test_unknown_has_a_row_of_its_own_from_the_start(spec: LabelSpec, mode: str) -> None:
    layer = LabelEmbedding(4, spec, mode=mode)
    label = np.stack([np.full(spec.shape, v, np.int32) for v in (-1, 0, 1)])
    out = ops.convert_to_numpy(layer(ops.convert_to_tensor(label)))
    assert layer.embeddings.shape[0] == (4 if spec.kind == "single" else 9)
    for a, b in ((0, 1), (0, 2), (1, 2)):
        assert abs(out[a] - out[b]).max() > 1e-3


@BOTH
@MODES
def test_training_moves_the_rows_that_were_read(spec: LabelSpec, mode: str) -> None:
    layer = LabelEmbedding(2, spec, mode=mode)
    x, label = inputs(spec)
    layer.build([x.shape, label.shape])
    before = ops.convert_to_numpy(layer.embeddings).copy()
    label = np.zeros_like(label)
    trained(layer, [x, label], np.ones((len(x), 7)))
    moved = abs(ops.convert_to_numpy(layer.embeddings) - before).max(axis=1) > 1e-6
    expected = [True, False, False, False] if spec.kind == "single" else [True, False, False] * 3
    assert moved.tolist() == expected
    outputs = [call(layer, [x, np.full_like(label, value)])[:, 5:] for value in (0, 1)]
    assert abs(outputs[0] - outputs[1]).max() > 1e-3


def test_int_features_are_taken() -> None:
    layer = LabelEmbedding(2, SINGLE)
    out = call(layer, [np.array([[1, 2], [3, 4]], np.int32), np.array([0, -1], np.int32)])
    np.testing.assert_allclose(out[:, :2], [[1, 2], [3, 4]])
    assert abs(out[:, 2:]).max() > 0


@BOTH
@MODES
def test_label_dropout_reads_unknown(spec: LabelSpec, mode: str) -> None:
    layer = LabelEmbedding(4, spec, mode=mode, label_dropout=0.999999)
    x, label = inputs(spec)
    unknown = call(layer, [x, np.full_like(label, -1)])
    np.testing.assert_array_equal(call(layer, [x, label], training=True), unknown)
    assert abs(call(layer, [x, label]) - unknown).max() > 1e-3


def test_dropout_and_regularizer() -> None:
    layer = LabelEmbedding(500, SINGLE, dropout=0.5, embeddings_regularizer="l2")
    x, label = inputs(SINGLE)
    assert abs((call(layer, [x, label], training=True)[:, 5:] == 0).mean() - 0.5) < 0.1
    assert (call(layer, [x, label])[:, 5:] == 0).mean() < 0.01
    expected = 0.01 * (ops.convert_to_numpy(layer.embeddings).astype(np.float64) ** 2).sum()
    np.testing.assert_allclose(ops.convert_to_numpy(sum(layer.losses)), expected, rtol=1e-5)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"width": 0}, "width must be an integer >= 1, got 0"),
        ({"mode": "dense"}, "mode must be 'embedding' or 'one_hot', got 'dense'"),
        ({"dropout": 1.0}, r"dropout must be in \[0, 1\)"),
    ],
)
def test_bad_arguments_are_refused(arguments: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        LabelEmbedding(**({"width": 2, "spec": SINGLE} | arguments))


def test_bad_inputs_are_refused() -> None:
    x, label = inputs(MULTI)
    with pytest.raises(ValueError, match=r"multi label, got \(7,\)"):
        call(LabelEmbedding(2, MULTI), [x, label[:, 0]])
    with pytest.raises(ValueError, match=r"\[features, label\]"):
        LabelEmbedding(2, MULTI)([x, label, label])
    for wrong in (1.7, 7.0, -2.0):
        with pytest.raises(
            ValueError, match=rf"row 1 of the label is {wrong:g}; expected an id in 0"
        ):
            LabelEmbedding(2, SINGLE)(np.array([0.0, wrong]))


def test_whole_floats_are_ids_and_nan_is_unknown() -> None:
    layer = LabelEmbedding(2, SINGLE)
    found = ops.convert_to_numpy(layer(np.array([0.0, np.nan, -1.0])))
    np.testing.assert_array_equal(found, ops.convert_to_numpy(layer(np.array([0, -1, -1]))))
