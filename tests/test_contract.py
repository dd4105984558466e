"""What every conditioning layer must do, one table row per public class."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

import labelfeed.layers
from labelfeed.labels.input import LabelInput
from labelfeed.labels.spec import LabelSpec
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.visibility.policies import Masked
from tests._core import COLOUR, FINDINGS, WIDTH, randomised, rows

# Arguments beside `spec` that differ from every default.
LAYERS: dict[str, dict[str, Any]] = {
    "KnownLabelAttention": {
        "width": 6,
        "heads": 3,
        "depth": 2,
        "feature_tokens": 2,
        "activation": "tanh",
        "dropout": 0.25,
        "label_dropout": 0.5,
    },
    "KnownLabelPath": {
        "units": (3, 5),
        "activation": "tanh",
        "dropout": 0.25,
        "offset": False,
        "label_dropout": 0.5,
    },
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
    "NaiveBayesOffset": {
        "max_strength": 2.0,
        "initial_strength": 1.0,
        "smoothing": 0.5,
        "label_dropout": 0.5,
    },
}
# Layers that take several specs, images or no spec: their twins check the same points themselves.
ELSEWHERE = {
    "AdaLNZero": "test_ada_ln_zero.py",
    "BayesProductLayer": "test_bayes_product_layer.py",
    "ColumnProbabilities": "test_column_probabilities.py",
    "ConditionalBatchNormalization": "test_conditional_batch_normalization.py",
    "ConditionalGroupNormalization": "test_conditional_group_normalization.py",
    "ConditionalLayerNormalization": "test_conditional_layer_normalization.py",
    "FiLM": "test_film.py",
    "LabelConditionalConv2D": "test_label_conditional_conv2d.py",
    "LabelGate": "test_label_gate.py",
    "LabelNoise": "test_label_noise.py",
    "LabelSwitch": "test_label_switch.py",
}
READS_LOGITS = ("KnownLabelPath", "NaiveBayesOffset")  # features are as wide as the label
MULTI_ONLY = ("KnownLabelAttention", *READS_LOGITS)
CASES = [
    pytest.param(name, spec, id=f"{name}-{spec.kind}")
    for name in LAYERS
    for spec in (COLOUR, FINDINGS)
    if spec is FINDINGS or name not in MULTI_ONLY
]
EACH = pytest.mark.parametrize("name, spec", CASES)


def make(cls: str, spec: LabelSpec, **kwargs: Any) -> Any:
    made = getattr(labelfeed.layers, cls)
    takes = inspect.signature(made).parameters
    own = {k: v for k, v in kwargs.items() if k in takes or k in ("name", "dtype")}
    layer = made(spec=spec, **(LAYERS[cls] | own))
    if hasattr(layer, "adapt"):
        layer.adapt(rows(spec, 40, seed=9)[1])
    return layer


def width_of(name: str) -> int:
    return FINDINGS.num_classes if name in READS_LOGITS else WIDTH


def rows_for(name: str, spec: LabelSpec, n: int) -> tuple:
    x, y = rows(spec, n)
    return x[:, : width_of(name)], y


def test_every_public_layer_has_a_row() -> None:
    public = {
        name
        for name, value in vars(labelfeed.layers).items()
        if isinstance(value, type) and issubclass(value, keras.layers.Layer)
    }
    assert public == set(labelfeed.layers.__all__) == set(LAYERS) | set(ELSEWHERE)
    for name, twin in ELSEWHERE.items():
        text = (Path(__file__).parent / "layers" / twin).read_text(encoding="utf-8")
        assert name in text and ("tmp_path" in text), f"{twin} saves no {name}"


@EACH
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
    x, label = keras.Input((width_of(name),)), LabelInput(spec)
    h = make(name, spec, **kwargs)([x, label])
    last = "softmax" if spec.kind == "single" else "sigmoid"
    out = keras.layers.Dense(3, activation=last, dtype="float32")(h)
    model = LabelFedModel(keras.Model([x, label], out), spec, Masked("uniform"))
    loss = "sparse_categorical" if spec.kind == "single" else "binary"
    model.compile("sgd", f"{loss}_crossentropy")
    return randomised(model)


@EACH
def test_keras_file_round_trip_with_known_and_unknown_labels(
    name: str, spec: LabelSpec, tmp_path: Path
) -> None:
    model = model_of(name, spec)
    model.save(tmp_path / "m.keras")
    again = keras.models.load_model(tmp_path / "m.keras", safe_mode=True)
    x, y = rows_for(name, spec, 5)
    predictions = []
    for known in (None, y):
        predictions.append(model.predict(x, known=known, verbose=0))
        found = again.predict(x, known=known, verbose=0)
        np.testing.assert_allclose(found, predictions[-1], rtol=1e-5, atol=1e-6)
    assert abs(predictions[0] - predictions[1]).max() > 1e-3  # the label is read


@EACH
@pytest.mark.parametrize("policy", ["float32", "mixed_float16", "mixed_bfloat16"])
def test_precision_batch_size_and_finite_gradients(name: str, spec: LabelSpec, policy: str) -> None:
    inputs = [keras.Input((width_of(name),)), LabelInput(spec)]
    layer = make(name, spec, dtype=policy, activation="tanh")
    symbolic = layer(inputs)
    assert symbolic.shape[0] is None
    assert symbolic.dtype == layer.compute_dtype
    assert all(keras.backend.standardize_dtype(w.dtype) == "float32" for w in layer.weights[:1])
    x, y = rows_for(name, spec, 6)
    y[0] = -1
    for n in (6, 1):
        out = layer([ops.convert_to_tensor(x[:n]), ops.convert_to_tensor(y[:n])], training=True)
        assert tuple(out.shape) == (n, *symbolic.shape[1:])
        assert keras.backend.standardize_dtype(out.dtype) == layer.compute_dtype
        assert np.isfinite(ops.convert_to_numpy(ops.cast(out, "float32"))).all()


@EACH
def test_a_step_moves_weights_and_keeps_them_finite(name: str, spec: LabelSpec) -> None:
    model = model_of(name, spec, dropout=0.0, label_dropout=0.0, activation="tanh")
    before = [ops.convert_to_numpy(w.value) for w in model.trainable_variables]
    x, y = rows_for(name, spec, 16)
    y[3] = -1
    model.fit(x, y, verbose=0)
    after = [ops.convert_to_numpy(w.value) for w in model.trainable_variables]
    assert all((a != b).any() for a, b in zip(before, after, strict=True))
    assert np.isfinite(model.fit(1e3 * x, y, verbose=0).history["loss"]).all()
    assert all(np.isfinite(ops.convert_to_numpy(w.value)).all() for w in model.trainable_variables)
