"""The strategy `generate`."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from labelfeed import LabelSpec
from labelfeed.data.dataset import Dataset
from labelfeed.options import GenerateOptions, TrainingOptions
from labelfeed.strategies.choose import choose_strategy
from labelfeed.strategies.generate import GENERATE, fit_generator, generate
from labelfeed.strategies.networks import NetworkError

pytestmark = pytest.mark.only_backend("torch")
SPEC = LabelSpec.single(["cat", "dog"])
SMALL = GenerateOptions(width=8, depth=1, epochs=2, batch_size=256, learning_rate=0.01)


def test_it_is_compiled_as_asked_and_trained_on_known_and_unknown_labels():
    model = generate(SPEC, (3,), options=SMALL)
    assert isinstance(model.optimizer, keras.optimizers.AdamW)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.01)
    assert not generate(SPEC, (3,), options=GenerateOptions(width=8)).compiled  # `fit` does it
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(32, 3)).astype("float32"), rng.integers(-1, 2, 32)
    before = model.averaged.get_weights()
    fit_generator(model, (x, y, None), (x[:16], y[:16], None), SMALL)
    assert any((a != b).any() for a, b in zip(before, model.averaged.get_weights(), strict=True))
    assert model.sample(3, known="dog", steps=2, seed=0, verbose=0).shape == (3, 3)


def test_pictures_have_a_network_of_their_own():
    model = generate(SPEC, (8, 8, 1), options=GenerateOptions(width=8))
    assert model.network.output_shape == (None, 8, 8, 1)


def test_what_scores_a_strategy_refuses_it():
    labels, ids = np.arange(6, dtype=np.int32) % 2, np.arange(6)
    rows = Dataset("arrays", np.eye(6), labels, SPEC, ids, "rows.npz")
    assert "labelfeed sample" in str(GENERATE.unsuited(rows))
    with pytest.raises(NetworkError, match="makes rows and predicts no label"):
        choose_strategy(TrainingOptions("generate"), rows)
    with pytest.raises(NetworkError, match="train_generator"):
        GENERATE.build((3,), rows, GenerateOptions())
