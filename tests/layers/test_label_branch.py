"""Dense layers on the label, merged with the features."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers import LabelBranch
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
MERGES = pytest.mark.parametrize("merge", ["concat", "add", "gate"])


@BOTH
@MERGES
@pytest.mark.parametrize("shape", SHAPES)
def test_forward_equals_the_formula(spec: LabelSpec, merge: str, shape: tuple[int, ...]) -> None:
    layer = LabelBranch(spec, units=(3, 5), merge=merge)
    values = inputs(spec, shape)
    call(layer, values)
    w = list(randomise(layer).values())
    x, branch = values[0].astype(np.float64), states(values[1], spec)
    branch = relu(relu(branch @ w[0] + w[1]) @ w[2] + w[3])
    if merge == "concat":
        expected = np.concatenate([x, spread(branch, x)], axis=-1)
    elif merge == "add":
        expected = x + spread(branch, x)
    else:
        expected = x * spread(2 / (1 + np.exp(-(branch @ w[4] + w[5]))), x)
    found = call(layer, values)
    assert found.shape == layer.compute_output_shape([v.shape for v in values])
    np.testing.assert_allclose(found, expected, rtol=5e-5, atol=5e-5)


def test_default_widths() -> None:
    layer = LabelBranch(SINGLE)
    assert call(layer, inputs(SINGLE)).shape == (7, 5 + 64)
    assert [d.units for d in layer.dense] == [32, 64]


@BOTH
def test_a_gate_starts_open_and_learns_its_label(spec: LabelSpec) -> None:
    layer = LabelBranch(spec, units=(6,), merge="gate", activation="tanh")
    x, label = inputs(spec, n=12)
    np.testing.assert_allclose(call(layer, [x, label]), x, rtol=1e-6)
    label = np.zeros_like(label)
    label[::2] = 1
    target = x * np.where(np.arange(12) % 2, 0.5, 1.5)[:, None]
    trained(layer, [x, label], target, epochs=3)
    zero, one = (call(layer, [x, np.full_like(label, v)]) for v in (0, 1))
    assert abs(zero - one).max() > 1e-2


@BOTH
@pytest.mark.parametrize("merge", ["concat", "add"])
def test_two_labels_give_two_outputs_and_the_gradient_reaches_their_rows(
    spec: LabelSpec, merge: str
) -> None:
    layer = LabelBranch(spec, units=(8, 5), merge=merge, activation="tanh")
    x, label = inputs(spec)
    label = np.zeros_like(label)
    layer.build([x.shape, label.shape])
    before = ops.convert_to_numpy(layer.dense[0].kernel).copy()
    trained(layer, [x, label], np.ones((len(x), 10 if merge == "concat" else 5)))
    moved = abs(ops.convert_to_numpy(layer.dense[0].kernel) - before).max(axis=1) > 1e-6
    expected = [True, False, False, False] if spec.kind == "single" else [True, False, False] * 3
    assert moved.tolist() == expected
    outputs = [call(layer, [x, np.full_like(label, v)]) for v in (0, 1, -1)]
    for a, b in ((0, 1), (0, 2), (1, 2)):
        assert abs(outputs[a] - outputs[b]).max() > 1e-3


def test_dropout_and_regularizer() -> None:
    layer = LabelBranch(SINGLE, (400,), activation="sigmoid", dropout=0.5, kernel_regularizer="l2")
    values = inputs(SINGLE)
    assert abs((call(layer, values, training=True)[:, 5:] == 0).mean() - 0.5) < 0.1
    assert (call(layer, values)[:, 5:] == 0).mean() == 0
    kernel = ops.convert_to_numpy(layer.dense[0].kernel).astype(np.float64)
    np.testing.assert_allclose(
        ops.convert_to_numpy(sum(layer.losses)), 0.01 * (kernel**2).sum(), rtol=1e-5
    )


@BOTH
def test_label_dropout_reads_unknown(spec: LabelSpec) -> None:
    layer = LabelBranch(spec, (4,), label_dropout=0.999999, activation="linear")
    x, label = inputs(spec)
    unknown = call(layer, [x, np.full_like(label, -1)])
    np.testing.assert_array_equal(call(layer, [x, label], training=True), unknown)
    assert abs(call(layer, [x, label]) - unknown).max() > 1e-3


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"units": ()}, "units must be a sequence of integers >= 1"),
        ({"units": 8}, "units must be a sequence of integers >= 1, got 8"),
        ({"units": (4, 0)}, "units must be a sequence of integers >= 1"),
        ({"merge": "concatenate"}, "'concat', 'add' or 'gate', got 'concatenate'"),
        ({"dropout": 2}, r"dropout must be in \[0, 1\)"),
    ],
)
def test_bad_arguments_are_refused(arguments: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        LabelBranch(SINGLE, **arguments)


def test_bad_inputs_are_refused() -> None:
    x, label = inputs(SINGLE)
    with pytest.raises(ValueError, match=r"adds 64 units to features of width 5.*\(32, 5\)"):
        call(LabelBranch(SINGLE, merge="add"), [x, label])
    with pytest.raises(ValueError, match=r"\[features, label\]"):
        LabelBranch(SINGLE)(x)
    with pytest.raises(ValueError, match=r"single label, got \(7, 3\)"):
        call(LabelBranch(SINGLE), [x, np.zeros((7, 3), np.int32)])
