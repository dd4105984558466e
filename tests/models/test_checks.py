"""What a caller hands over, and how it is refused."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from labelfeed.labels.input import LabelInput
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.checks import (
    any_known,
    check_network,
    class_weight_table,
    sure_labels,
)
from tests._core import BINARY, COLOUR, FINDINGS, network

NAN = float("nan")


def test_networks_that_fit() -> None:
    check_network(network(COLOUR), COLOUR)
    check_network(network(FINDINGS), FINDINGS)
    check_network(network(BINARY), BINARY)
    check_network(network(BINARY, units=1), BINARY)


def label_only() -> keras.Model:
    label = LabelInput(FINDINGS)
    return keras.Model(label, keras.layers.Dense(3)(label))


def two_outputs() -> keras.Model:
    one = network(COLOUR)
    return keras.Model(one.inputs, [one.output, one.output])


def image_output() -> keras.Model:
    x, label = keras.Input((4, 4, 1)), LabelInput(COLOUR)
    return keras.Model([x, label], keras.layers.Conv2D(3, 1)(x))


def no_rows() -> keras.Model:
    x, label = keras.Input((4,)), keras.Input(batch_shape=(), name="colour")
    return keras.Model([x, label], keras.layers.Dense(3)(x))


BAD_NETWORKS = {
    "a label without rows": (no_rows, COLOUR, r"shape \(\) per row"),
    "no model": (lambda: 3, COLOUR, "must be a functional model.*Got int"),
    "subclassed": (lambda: type("Mine", (keras.Model,), {})(), COLOUR, r"wrap a.*Got Mine"),
    "other name": (lambda: network(FINDINGS), COLOUR, r"no input named 'colour'.*LabelInput\(spec"),
    "other shape": (
        lambda: network(LabelSpec.multi(3, name="colour")),
        COLOUR,
        r"shape \(3,\) per row; a single label with num_classes=3 needs \(\)",
    ),
    "label only": (label_only, FINDINGS, "needs a feature input too"),
    "two outputs": (two_outputs, COLOUR, "needs one output, the label's; it has 2"),
    "narrow output": (
        lambda: network(COLOUR, units=2),
        COLOUR,
        r"\(None, 2\); the single.*None, 3",
    ),
    "one unit, three classes": (
        lambda: network(COLOUR, units=1),
        COLOUR,
        r"\(None, 1\); the single .* needs \(None, 3\)\.",
    ),
    "one unit, multi": (lambda: network(FINDINGS, units=1), FINDINGS, r"\(None, 1\); the multi"),
    "narrow output, two classes": (lambda: network(BINARY, units=3), BINARY, r"or \(None, 1\)"),
    "image output": (image_output, COLOUR, r"\(None, 4, 4, 3\)"),
}


@pytest.mark.parametrize("make, spec, message", BAD_NETWORKS.values(), ids=BAD_NETWORKS)
def test_a_network_that_does_not_fit(make, spec: LabelSpec, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_network(make(), spec)


def test_any_known() -> None:
    assert any_known(np.array([-1, 0]), COLOUR)
    assert not any_known(np.array([-1, -1]), COLOUR)
    assert any_known(np.array([[0, 0, 0], [0, 0.5, 0.5]]), COLOUR)
    assert not any_known(np.zeros((2, 3)), COLOUR)
    assert any_known(np.array([[NAN, 0.0, NAN]]), FINDINGS)
    assert not any_known(np.array([[NAN, NAN, NAN]]), FINDINGS)
    assert not any_known(np.full((2, 3), -1), FINDINGS)


TABLES = {
    "none": (COLOUR, None, None),
    "ids": (COLOUR, {0: 2, 2: 0.5}, [2, 1, 0.5]),
    "numpy keys": (COLOUR, {np.int64(1): np.float32(3)}, [1, 3, 1]),
    "names": (COLOUR, {"blue": 4, "red": 0}, [0, 1, 4]),
    "empty": (COLOUR, {}, [1, 1, 1]),
    "multi": (FINDINGS, {"mass": 2}, [[1, 1], [1, 1], [2, 2]]),
    "multi, states": (FINDINGS, {1: {1: 5}, "mass": {0: 2, 1: 3}}, [[1, 1], [1, 5], [2, 3]]),
}


@pytest.mark.parametrize("spec, weights, expected", TABLES.values(), ids=TABLES)
def test_class_weight_tables(spec: LabelSpec, weights: dict | None, expected: list | None) -> None:
    table = class_weight_table(weights, spec)
    assert (None if table is None else table.tolist()) == expected
    assert table is None or table.dtype == np.float32


@pytest.mark.parametrize(
    "spec, weights, message",
    [
        (COLOUR, {"bleu": 1}, r"the key 'bleu'; expected ids 0\.\.2 or names"),
        (COLOUR, {3: 1}, "the key 3"),
        (COLOUR, {-1: 1}, "the key -1"),
        (COLOUR, {0.5: 1}, r"the key 0\.5"),
        (COLOUR, {0: -1}, r"\[0\] must be finite and >= 0, got -1"),
        (COLOUR, {0: NAN}, "must be finite"),
        (COLOUR, {0: "high"}, "must be finite and >= 0, got 'high'"),
        (COLOUR, {0: {1: 2}}, r"must be finite and >= 0, got \{1: 2\}"),
        (FINDINGS, {"mass": {2: 1}}, "the state 2; use 0 and 1"),
        (COLOUR, "balanced", "a dict of class id or name to weight, got 'balanced'"),
        (COLOUR, [1, 2, 3], "a dict of class id or name to weight, got"),
    ],
)
def test_bad_class_weights_are_refused(spec: LabelSpec, weights: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        class_weight_table(weights, spec)


def test_soft_targets_are_unknown_among_what_may_be_fed() -> None:
    spec = LabelSpec.multi(2)
    assert sure_labels(np.array([[0.6, 1], [NAN, 0]], np.float32), spec).tolist() == [
        [-1, 1], [-1, 0]]  # fmt: skip
    assert sure_labels(np.array([[1, -1]], np.int32), spec).tolist() == [[1, -1]]
    rows = np.array([[0, 1, 0], [0.2, 0.5, 0.3]], np.float32)
    assert sure_labels(rows, LabelSpec.single(3)).tolist() == [1, -1]
