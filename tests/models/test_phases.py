from __future__ import annotations

import keras
import numpy as np

from labelfeed.models.phases import extend_history, restart
from labelfeed.strategies import side_label
from tests.strategies._sides import TARGET, TURN


def test_a_phase_freezes_what_it_is_told_and_starts_its_optimizer_anew():
    model = side_label(TARGET, (4,), [TURN], width=4, learning_rate=0.125)
    first = model.optimizer
    plain = model.network.get_layer("plain")
    own = plain.layers[-1]
    own.trainable = False  # as the user had it
    flags = {layer: layer.trainable for layer in model.network._flatten_layers()}
    restart(model, flags, [plain])
    assert not plain.trainable_variables
    assert model.network.get_layer("side_logits").trainable
    restart(model, flags, [])
    assert not own.trainable
    assert plain.trainable_variables
    assert model.optimizer is not first
    assert isinstance(model.optimizer, keras.optimizers.AdamW)
    assert np.isclose(float(model.optimizer.learning_rate), 0.125)


def test_histories_are_joined():
    history = {"loss": [2.0]}
    extend_history(history, {"loss": [1.0, 0.5], "val_loss": [3.0]})
    assert history == {"loss": [2.0, 1.0, 0.5], "val_loss": [3.0]}
