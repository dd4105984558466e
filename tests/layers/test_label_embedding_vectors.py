"""LabelEmbedding with given vectors: what is known of the classes, frozen or tuned."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from keras import ops

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers import LabelEmbedding
from tests.layers._reference import MULTI, SINGLE, call

VECTORS = np.random.default_rng(0).normal(size=(3, 4)).astype("float32")
LABEL = np.array([0, 1, 2, -1] * 4, np.int32)


@pytest.mark.parametrize("tune", [True, False])
def test_rows_start_at_the_vectors_and_move_only_if_tuned(tune: bool, tmp_path: Path) -> None:
    label = keras.Input((), dtype="int32")
    layer = LabelEmbedding(4, SINGLE, vectors=VECTORS, tune_vectors=tune)
    model = keras.Model(label, layer(label))
    expected = np.concatenate([VECTORS, VECTORS.mean(0, keepdims=True)])[LABEL]
    np.testing.assert_allclose(model.predict(LABEL, verbose=0), expected, atol=1e-6)
    model.compile(keras.optimizers.Adam(0.1), "mse")
    model.fit(LABEL, np.zeros((16, 4)), epochs=2, verbose=0)
    moved = abs(model.predict(LABEL[:4], verbose=0) - expected[:4]).max(1) > 1e-3
    assert moved.tolist() == [tune, tune, tune, True]  # unknown learns in any case
    model.save(tmp_path / "m.keras")
    again = keras.saving.load_model(tmp_path / "m.keras")
    before = model.predict(LABEL, verbose=0)
    np.testing.assert_allclose(again.predict(LABEL, verbose=0), before, atol=1e-6)


def test_a_frozen_class_that_training_never_met_keeps_its_meaning() -> None:
    layer = LabelEmbedding(4, LabelSpec.single(3), vectors=VECTORS, tune_vectors=False)
    found = call(layer, [np.ones((1, 2), "float32"), np.array([2], np.int32)])
    np.testing.assert_allclose(found[0, 2:], VECTORS[2], atol=1e-6)
    assert len(layer.trainable_weights) == 1
    assert ops.convert_to_numpy(layer.embeddings).shape == (1, 4)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"vectors": VECTORS[:2]}, r"\(num_classes, width\) = \(3, 4\), got \(2, 4\)"),
        ({"vectors": np.full((3, 4), np.nan)}, "must be finite"),
        ({"vectors": VECTORS, "mode": "one_hot"}, "go with a single label"),
        ({"vectors": VECTORS, "spec": MULTI}, "go with a single label"),
    ],
)
def test_vectors_that_do_not_fit_are_refused(arguments: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        LabelEmbedding(**({"width": 4, "spec": SINGLE} | arguments))
