"""What every conditioning layer must do, one table row per public class."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

import labelfeed.layers
from labelfeed.inputs import LabelInput
from labelfeed.labels import LabelSpec
from labelfeed.model import LabelFedModel
from labelfeed.visibility import Masked
from tests._core import COLOUR, FINDINGS, WIDTH, randomised, rows

# Arguments beside `spec` that differ from every default.
LAYERS: dict[str, dict[str, Any]] = {
    "LabelBranch": {
        "units": (3, WIDTH),
        "merge": "gate",
        "activation": "tanh",
        "dropout": 0.25,
        "label_dropout": 0.5,
        "kernel_regularizer": "l2",
    },
    "LabelConditionalDense": {
        "units": 3,
        "activation": "tanh",
        "use_bias": False,
        "dropout": 0.25,
        "label_dropout": 0.5,
        "kernel_initializer": "he_normal",
        "class_kernel_initializer": "ones",
        "kernel_regularizer": "l2",
    },
    "LabelEmbedding": {
        "width": 3,
        "mode": "one_hot",
        "activation": "tanh",
        "dropout": 0.25,
        "label_dropout": 0.5,
        "embeddings_initializer": "ones",
        "embeddings_regularizer": "l2",
    },
}
EACH = pytest.mark.parametrize("name", labelfeed.layers.__all__)
BOTH = pytest.mark.parametrize("spec", [COLOUR, FINDINGS], ids=["single", "multi"])


def make(cls: str, spec: LabelSpec, **kwargs: Any) -> Any:
    return getattr(labelfeed.layers, cls)(spec=spec, **(LAYERS[cls] | kwargs))


def test_every_public_layer_has_a_row() -> None:
    public = {
        name
        for name, value in vars(labelfeed.layers).items()
        if isinstance(value, type) and issubclass(value, keras.layers.Layer)
    }
    assert public == set(labelfeed.layers.__all__) == set(LAYERS)


@EACH
@BOTH
def test_config_round_trip_through_json(name: str, spec: LabelSpec) -> None:
    layer = make(name, spec, name="mine", dtype="mixed_bfloat16")
    config = layer.get_config()
    for key, value in LAYERS[name].items():  # no argument is forgotten
        found = config[key]
        found = found if not isinstance(found, dict) else found["class_name"].lower()
        wanted = list(value) if isinstance(value, tuple) else value
        assert found == wanted or str(found) == str(wanted).replace("_", "")
    again = type(layer).from_config(json.loads(json.dumps(config)))
    assert again.get_config() == config
    assert (again.name, again.dtype_policy.name, again.spec) == ("mine", "mixed_bfloat16", spec)


def model_of(name: str, spec: LabelSpec, **kwargs: Any) -> LabelFedModel:
    x, label = keras.Input((WIDTH,)), LabelInput(spec)
    h = make(name, spec, **kwargs)([x, label])
    last = "softmax" if spec.kind == "single" else "sigmoid"
    out = keras.layers.Dense(3, activation=last, dtype="float32")(h)
    model = LabelFedModel(keras.Model([x, label], out), spec, Masked("uniform"))
    loss = "sparse_categorical" if spec.kind == "single" else "binary"
    model.compile("sgd", f"{loss}_crossentropy")
    return randomised(model)


@EACH
@BOTH
def test_keras_file_round_trip_with_known_and_unknown_labels(
    name: str, spec: LabelSpec, tmp_path: Path
) -> None:
    model = model_of(name, spec)
    model.save(tmp_path / "m.keras")
    again = keras.models.load_model(tmp_path / "m.keras", safe_mode=True)
    x, y = rows(spec, 5)
    predictions = []
    for known in (None, y):
        predictions.append(model.predict(x, known=known, verbose=0))
        found = again.predict(x, known=known, verbose=0)
        np.testing.assert_allclose(found, predictions[-1], rtol=1e-5, atol=1e-6)
    assert abs(predictions[0] - predictions[1]).max() > 1e-3  # the label is read


@EACH
@BOTH
@pytest.mark.parametrize("policy", ["float32", "mixed_float16", "mixed_bfloat16"])
def test_precision_batch_size_and_finite_gradients(name: str, spec: LabelSpec, policy: str) -> None:
    inputs = [keras.Input((WIDTH,)), LabelInput(spec)]
    layer = make(name, spec, dtype=policy, activation="tanh")
    symbolic = layer(inputs)
    assert symbolic.shape[0] is None
    assert symbolic.dtype == layer.compute_dtype
    assert all(keras.backend.standardize_dtype(w.dtype) == "float32" for w in layer.weights[:1])
    x, y = rows(spec, 6)
    y[0] = -1
    for n in (6, 1):
        out = layer([ops.convert_to_tensor(x[:n]), ops.convert_to_tensor(y[:n])], training=True)
        assert tuple(out.shape) == (n, *symbolic.shape[1:])
        assert keras.backend.standardize_dtype(out.dtype) == layer.compute_dtype
        assert np.isfinite(ops.convert_to_numpy(ops.cast(out, "float32"))).all()


@EACH
@BOTH
def test_a_step_moves_weights_and_keeps_them_finite(name: str, spec: LabelSpec) -> None:
    model = model_of(name, spec, dropout=0.0, label_dropout=0.0, activation="tanh")
    before = [ops.convert_to_numpy(w.value) for w in model.trainable_variables]
    x, y = rows(spec, 16)
    y[3] = -1
    model.fit(x, y, verbose=0)
    after = [ops.convert_to_numpy(w.value) for w in model.trainable_variables]
    assert all((a != b).any() for a, b in zip(before, after, strict=True))
    assert np.isfinite(model.fit(1e3 * x, y, verbose=0).history["loss"]).all()
    assert all(np.isfinite(ops.convert_to_numpy(w.value)).all() for w in model.trainable_variables)
