"""What heads share beyond the contract of tests/contracts/test_heads.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from labelfeed import heads
from tests.contracts._heads import CLASSES, ROWS

X = np.random.default_rng(0).normal(size=(8, 6)).astype(np.float32)
Y = np.array([0, 1, 2, 3, 0, 1, 2, 3], np.int32)


# A plain head, two that carry state, one without centres: compiling all of them takes long.
@pytest.mark.parametrize("name", ["ArcFace", "AdaFace", "CurricularFace", "CenterLoss"])
def test_an_ordinary_keras_model_trains_saves_and_predicts(name: str, tmp_path: Path) -> None:
    features, label = keras.Input((6,)), keras.Input((), dtype="int32", name="label")
    head = ROWS[name].make()
    embedding = keras.layers.Dense(5)(features)
    model = keras.Model([features, label], head(embedding, label))
    model.compile("adam", metrics=["accuracy"])
    fed = [X, Y]
    history = model.fit(fed, Y, validation_data=(fed, Y), epochs=1, verbose=0).history
    assert np.isfinite(history["loss"][0])
    assert history["val_loss"][0] > 0
    label_free = keras.Model(features, head(embedding))
    scores = label_free.predict(X, verbose=0)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(again.predict(fed, verbose=0), scores, rtol=1e-5, atol=1e-6)


def test_bad_input_is_named() -> None:
    with pytest.raises(ValueError, match="num_classes >= 2, got 1"):
        heads.ArcFace(1)
    head: Any = heads.ArcFace(CLASSES)
    with pytest.raises(ValueError, match=r"\(batch, dimension\)"):
        head(np.ones((2, 3, 4), np.float32))
    with pytest.raises(ValueError, match="one-hot"):
        head(X, np.eye(8, 4, dtype=np.float32))
    with pytest.raises(ValueError, match="scale"):
        heads.CosFace(3, scale=0)
