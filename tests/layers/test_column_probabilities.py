from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers import ColumnProbabilities

COLOUR = LabelSpec.single(["red", "green", "blue"], name="colour")
SIZE = LabelSpec.single(["s", "l"], name="size")


def reference(spec: LabelSpec, logits: np.ndarray) -> np.ndarray:
    out = 1 / (1 + np.exp(-logits.astype(np.float64)))
    for column in spec.label_columns:
        if column.of_classes:
            e = np.exp(logits[:, list(column.places)].astype(np.float64))
            out[:, list(column.places)] = e / e.sum(axis=1, keepdims=True)
    return out


@pytest.mark.parametrize(
    "spec",
    [
        LabelSpec.columns(["a", COLOUR, "b", "c", SIZE]),
        LabelSpec.columns([COLOUR, SIZE, "a"]),
        LabelSpec.columns([COLOUR]),
        LabelSpec.multi(3),
        COLOUR,
    ],
    ids=["mixed", "side by side", "one column", "yes/no", "single"],
)
def test_softmax_in_a_column_sigmoid_elsewhere(spec) -> None:
    logits = np.random.default_rng(0).normal(0, 3, (7, spec.num_classes)).astype(np.float32)
    out = ColumnProbabilities(spec)(logits)
    np.testing.assert_allclose(ops.convert_to_numpy(out), reference(spec, logits), atol=1e-6)
    assert ColumnProbabilities(spec).compute_output_shape((None, 9)) == (None, 9)


def test_it_stays_float32_and_finite_at_any_policy() -> None:
    layer = ColumnProbabilities(LabelSpec.columns([COLOUR, "a"]), dtype="mixed_float16")
    out = layer(np.array([[500, -500, 0, 80]], np.float16))
    assert keras.backend.standardize_dtype(out.dtype) == "float32"
    np.testing.assert_allclose(ops.convert_to_numpy(out), [[1, 0, 0, 1]], atol=1e-6)


def test_config() -> None:
    layer = ColumnProbabilities(LabelSpec.columns(["a", COLOUR]), name="p")
    again = ColumnProbabilities.from_config(layer.get_config())
    assert (again.spec, again.name) == (layer.spec, "p")
