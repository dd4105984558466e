"""What every public layer promises, for each row of `_layers.py`."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from labelfeed import layers
from labelfeed.labels.input import LabelInput
from tests._core import randomised
from tests.contracts._calls import Gradients, call, draw, gradients_of, shape_of
from tests.contracts._export import served
from tests.contracts._layers import ROWS, Row
from tests.contracts._layers import ROWS_A_BATCH as N

each = pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)


def filled(row: Row, **kwargs: Any) -> Any:
    """Return the layer with random weights, so that labels matter."""
    return randomised(row.make(**kwargs))


def states_of(row: Row) -> int:
    """Return how many states of the label stand for something known."""
    spec = row.specs[0]
    return spec.num_classes * (1 if spec.kind == "single" else 2)


def symbols(row: Row, name: str = "in") -> Any:
    """Return symbolic inputs of any batch size."""
    inputs = [
        keras.Input(slot, name=f"{name}_{number}")
        if isinstance(slot, tuple)
        else LabelInput(slot, f"{name}_{number}")
        for number, slot in enumerate(row.inputs)
    ]
    return inputs if len(inputs) > 1 else inputs[0]


def test_every_public_layer_has_a_row() -> None:
    public = {name for name in layers.__all__ if isinstance(getattr(layers, name), type)}
    assert public == {row.cls.__name__ for row in ROWS.values()}
    assert all(inspect.isfunction(getattr(layers, n)) for n in set(layers.__all__) - public)


@each
def test_config_and_weights_give_the_same_layer(row: Row) -> None:
    layer = filled(row, name="mine", dtype="float32")
    config = layer.get_config()
    takes = set(inspect.signature(row.cls).parameters) - {"args", "kwargs"}
    assert takes | {"name", "dtype", "trainable"} <= set(config)
    for key, value in row.arguments.items():
        default = getattr(inspect.signature(row.cls).parameters.get(key), "default", None)
        assert value != default, f"{key} is the default: what is forgotten would not be seen"
        if isinstance(value, (int, float, str)):
            found = config[key]
            found = found["class_name"] if isinstance(found, dict) else found
            assert str(found).lower() == str(value).replace("_", "") or found == value
    again = row.cls.from_config(json.loads(json.dumps(config)))
    assert again.get_config() == config
    assert (again.name, again.dtype_policy.name) == ("mine", "float32")
    values = row.values(N)
    call(again, values)
    again.set_weights(layer.get_weights())
    np.testing.assert_array_equal(call(again, values), call(layer, values))


@each
def test_any_batch_size_and_shapes_that_agree(row: Row) -> None:
    inputs, layer = symbols(row), row.make()
    symbolic = layer(inputs)
    assert symbolic.shape[0] is None
    assert symbolic.dtype == (row.dtype or layer.compute_dtype)
    for n in (1, N):
        values = row.values(n)
        shapes = [v.shape for v in values] if len(values) > 1 else values[0].shape
        assert shape_of(layer, values) == (n, *symbolic.shape[1:])
        assert tuple(layer.compute_output_shape(shapes)) == (n, *symbolic.shape[1:])


@each
def test_gradients_are_finite_and_unknown_labels_say_nothing(row: Row) -> None:
    layer = filled(row)
    of, values, hidden = gradients_of(layer, False), row.values(N), row.values(N, known=False)
    some, none = of(values), of(hidden)
    assert some.finite() and none.finite()
    assert all(slope.any() for slope in some.weights.values()), some.weights  # all can learn
    if row.specs:
        _check_unknown(row, some, none, hidden)
    for array in values:
        if array.dtype.kind == "f" and not row.probabilities:
            array[1], array[4] = 0, -1e4
            array[2:4] *= 1e4
    assert of(values).finite()


def _check_unknown(row: Row, some: Gradients, none: Gradients, hidden: list[np.ndarray]) -> None:
    # An unknown row sees nothing of the labels of the others; known labels are read.
    np.testing.assert_allclose(some.output[0], none.output[0], rtol=1e-5, atol=1e-6)
    assert np.abs(some.output[1:] - none.output[1:]).max() > 1e-3
    if row.unknown is not None:
        np.testing.assert_array_equal(none.output, hidden[row.unknown])
        assert all(not slope.any() for slope in none.weights.values())
    for path, slope in none.weights.items():  # no class learns from a label that nobody gave
        states = slope.shape[0]
        if "embeddings" in path:
            single = states == row.specs[0].num_classes + 1
            unknown = [states - 1] if single else list(range(2, states, 3))
            assert not np.delete(slope, unknown, axis=0).any(), path
        elif path.startswith("class_") and row.arguments.get("kernel") == "per-class":
            assert not slope[:-1].any(), path
        elif path.startswith("class_") and states == states_of(row):
            assert not slope.any(), path


@each
@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_half_precision_runs_in_training(row: Row, policy: str) -> None:
    layer = filled(row, dtype=policy)
    values = row.values(N)
    for array in values:
        if array.dtype.kind == "f" and not row.probabilities:
            array[1] = 0
            array[2] *= 30
    found = gradients_of(layer, True)(values)
    assert found.finite()
    assert found.dtype == (row.dtype or layer.compute_dtype)
    kinds = {keras.backend.standardize_dtype(w.dtype) for w in layer.weights}
    assert kinds <= {"float32", "uint32", "int64", "int32"}  # and states of seeds, nodes of trees


@each
def test_the_same_seed_gives_the_same_numbers(row: Row) -> None:
    values, found = row.values(N), []
    for _ in "ab":
        keras.utils.set_random_seed(3)
        layer = row.make()
        found.append([*layer.get_weights(), draw(layer, values), draw(layer, values)])
    for first, second in zip(*found, strict=True):
        np.testing.assert_array_equal(first, second)
    rates = ("label_dropout", "label_corruption", "dropout")
    if any(row.arguments.get(rate) for rate in rates) and layer.trainable_variables:
        layer = randomised(layer)
        assert (draw(layer, values) != draw(layer, values)).any()  # and goes on drawing


def test_saved_and_exported_all_of_them_in_one_model(tmp_path: Path) -> None:
    """In one model, since compiling each alone would take a minute."""
    inputs, outputs = {}, {}
    for name, row in ROWS.items():
        own = symbols(row, name)
        layer = filled(row, name=name)
        outputs[name] = layer(own)
        inputs |= {tensor.name: tensor for tensor in keras.tree.flatten(own)}
    model = keras.Model(inputs, outputs)
    values = {f"{n}_{i}": v for n, row in ROWS.items() for i, v in enumerate(row.values(N))}
    expected = model(values)
    model.save(tmp_path / "all.keras")
    again = keras.saving.load_model(tmp_path / "all.keras", safe_mode=True)(values)
    exported = served(model, values, tmp_path)
    for name in ROWS:
        np.testing.assert_array_equal(
            *map(keras.ops.convert_to_numpy, (again[name], expected[name]))
        )
        wanted = keras.ops.convert_to_numpy(expected[name])
        np.testing.assert_allclose(exported[name], wanted, rtol=1e-4, atol=1e-5, err_msg=name)
