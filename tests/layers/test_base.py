"""What the conditioning layers share: states, label dropout, checks of the label."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers._concrete import is_concrete
from labelfeed.layers.base import LabelLayer, dropout_rate

SINGLE, MULTI = LabelSpec.single(3, name="kind"), LabelSpec.multi(2, name="findings")


def test_states_of_a_single_label() -> None:
    layer = LabelLayer(SINGLE)
    assert layer.num_states == 4
    assert ops.convert_to_numpy(layer.states(np.array([0, 2, -1]))).tolist() == [0, 2, 3]
    hot = ops.convert_to_numpy(layer.one_hot_states(np.array([0, 2, -1])))
    assert hot.tolist() == np.eye(4)[[0, 2, 3]].tolist()


def test_states_of_multi_labels() -> None:
    layer = LabelLayer(MULTI)
    assert layer.num_states == 3
    hot = ops.convert_to_numpy(layer.one_hot_states(np.array([[0, -1], [1, 1]])))
    assert hot.tolist() == [[1, 0, 0, 0, 0, 1], [0, 1, 0, 0, 1, 0]]


@pytest.mark.parametrize(
    "spec, shape",
    [(SINGLE, (4, 3)), (SINGLE, (4, 1, 1)), (MULTI, (4,)), (MULTI, (4, 1)), (MULTI, (4, 2, 1))],
)
def test_labels_of_another_shape_are_refused(spec: LabelSpec, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=rf"{spec.kind} label, got .*layer\(\[features, label\]\)"):
        LabelLayer(spec).checked_label(np.zeros(shape, np.int32), False)


def test_a_column_of_single_labels_is_taken() -> None:
    label = LabelLayer(SINGLE).checked_label(ops.ones((4, 1)), False)
    assert tuple(label.shape) == (4,)
    assert keras.backend.standardize_dtype(label.dtype) == "int32"


@pytest.mark.parametrize("spec", [SINGLE, MULTI], ids=["single", "multi"])
def test_label_dropout_hides_at_its_rate_in_training_only(spec: LabelSpec) -> None:
    layer = LabelLayer(spec, label_dropout=0.25)
    label = np.ones((2000, *spec.shape), np.int32)
    assert (ops.convert_to_numpy(layer.checked_label(label, False)) == 1).all()
    assert (ops.convert_to_numpy(layer.checked_label(label, None)) == 1).all()
    first, second = (ops.convert_to_numpy(layer.checked_label(label, True)) for _ in "ab")
    assert set(np.unique(first)) == {-1, 1}
    assert abs((first == -1).mean() - 0.25) < 4.5 * (0.25 * 0.75 / label.size) ** 0.5
    assert (first != second).any()
    if spec.kind == "multi":  # each label by itself
        assert (first[:, 0] != first[:, 1]).any()


def test_the_spec_may_be_given_as_its_config() -> None:
    assert LabelLayer(SINGLE.get_config()).spec == SINGLE
    with pytest.raises(ValueError, match="Expected a LabelSpec"):
        LabelLayer(3)  # type: ignore[arg-type]


@pytest.mark.parametrize("rate", [-0.1, 1, 1.5, float("nan")])
def test_dropout_rates_are_checked(rate: float) -> None:
    with pytest.raises(ValueError, match=r"label_dropout must be in \[0, 1\)"):
        dropout_rate(rate, "label_dropout")


def test_dropout_rate_is_a_float() -> None:
    assert dropout_rate(0, "dropout") == 0.0
    assert isinstance(dropout_rate(0, "dropout"), float)


def test_values_are_there_outside_of_graphs_only() -> None:
    seen: list[bool] = []

    class Watch(keras.layers.Layer):
        def call(self, x: object) -> object:
            seen.append(is_concrete(x))
            return x

    x = keras.Input((2,))
    model = keras.Model(x, Watch()(x))
    assert not any(seen)
    seen.clear()
    model.compile(jit_compile=False) if keras.backend.backend() == "torch" else model.compile()
    model.predict(np.ones((2, 2)), verbose=0)
    assert any(seen) == (keras.backend.backend() == "torch")  # which runs without a graph
    seen.clear()
    model(np.ones((2, 2)))
    assert seen == [True]
    assert is_concrete(np.ones(2)) and is_concrete([1]) and is_concrete(ops.ones(2))
    assert not is_concrete(keras.KerasTensor((2,)))
