"""Two heads on a trunk: the one that predicts sees features alone."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.models.training_only import HIDDEN, INFORMED, SCORES, TRUNK, TrainingOnlyModel
from labelfeed.models.wrapping import as_predictor
from labelfeed.strategies.networks import build_network
from labelfeed.strategies.training_only import training_only

SPEC = LabelSpec.single(["well", "ill"])
RNG = np.random.default_rng(0)
X = RNG.normal(size=(32, 3)).astype(np.float32)
Y = RNG.integers(0, 2, 32)
Z = RNG.normal(size=32)


def weights(model: Any, layer: str) -> list[np.ndarray]:
    return [np.array(w) for w in model.network.get_layer(layer).get_weights()]


def moved(model: Any, layer: str, before: list[np.ndarray]) -> bool:
    pairs = zip(weights(model, layer), before, strict=True)
    return any(np.abs(now - then).max() > 0 for now, then in pairs)


def test_the_trunk_learns_beside_the_columns_alone_and_prediction_needs_none() -> None:
    model = training_only(SPEC, (3,), columns=1, width=4, depth=1, dropout=0.0)
    start = {name: weights(model, name) for name in (TRUNK, SCORES, INFORMED)}
    gaps = np.where(np.arange(32) < 4, np.nan, Z)
    model.fit(X, Y, training_only=gaps, validation_data=(X, Y), verbose=0)
    assert all(moved(model, name, before) for name, before in start.items())
    other = training_only(SPEC, (3,), columns=1, width=4, depth=1, dropout=0.0)
    trunk, head = weights(other, TRUNK), weights(other, SCORES)
    other.train_on_batch(X, Y)  # without the columns: the head learns, and stops before the trunk
    assert moved(other, SCORES, head)
    assert not moved(other, TRUNK, trunk)
    told = model.predict(model.with_training_only(X, Z), verbose=0)
    np.testing.assert_array_equal(told, model.predict(X, verbose=0))
    predictor = as_predictor(model)
    assert predictor.feature_shapes == ((3,),)
    np.testing.assert_allclose(predictor.probabilities(X), told, rtol=1e-5)


@pytest.mark.only_backend("torch")
def test_what_does_not_fit_is_told() -> None:
    model = training_only(SPEC, (3,), columns=2, width=4, depth=1)
    with pytest.raises(ValueError, match="fit needs the training-only columns"):
        model.fit(X, Y, verbose=0)
    with pytest.raises(ValueError, match=r"of shape \(32, 2\), got \(32, 1\)"):
        model.fit(X, Y, training_only=Z)
    with pytest.raises(ValueError, match="must be numbers"):
        model.with_training_only(X, [["a", "b"]] * 32)
    with pytest.raises(ValueError, match=f"Expected 'features' and '{HIDDEN}'"):
        model.predict({"features": X, "z": Z})
    with pytest.raises(ValueError, match="The network has no"):
        TrainingOnlyModel(build_network((3,), SPEC), SPEC)


@pytest.mark.only_backend("torch")
def test_a_trunk_of_the_users() -> None:
    own = keras.Sequential([keras.Input((3,)), keras.layers.Dense(5)])
    model = training_only(SPEC, own, columns=1, width=4)
    assert model.predict(X, verbose=0).shape == (32, 2)
