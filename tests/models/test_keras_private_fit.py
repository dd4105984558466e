"""A canary for each private thing of `fit` that we touch; see `test_keras_private.py`."""

from __future__ import annotations

import random

import keras
import numpy as np

from labelfeed.models.keras_private_fit import (
    draws_json,
    draws_now,
    metric_variables,
    restore_draws,
    skip_steps,
    start_at,
    training_variables,
)

SAID = f"Keras {keras.__version__} changed it; mend models/keras_private_fit.py: "
X = np.linspace(-1, 1, 12, dtype="float32").reshape(6, 2)


def compiled() -> keras.Model:
    features = keras.Input((2,))
    model = keras.Model(features, keras.layers.Dense(1)(keras.layers.Dropout(0.5)(features)))
    model.compile(keras.optimizers.Adam(0.1), "mse", metrics=["mae"])
    return model


class Skipping(keras.callbacks.Callback):
    done = 0

    def on_train_begin(self, logs=None):
        start_at(self.model, 2)

    def on_epoch_begin(self, epoch, logs=None):
        start_at(self.model, None)
        self.before = [np.array(v) for v in self.model.get_weights()]
        skip_steps(self.model, 2, {"loss": 0.0, "mae": 0.0}, self.count)

    def on_train_batch_end(self, batch, logs=None):
        if batch < 2:
            return
        self.model.stop_training = True

    def count(self):
        self.done += 1


def test_fit_starts_at_an_epoch_and_passes_steps() -> None:
    model = compiled()
    slots = len(training_variables(model))
    assert slots == 1 + 2 + 2 * 2 + 2, f"{SAID}training_variables"  # seed, weights, Adam
    skip = Skipping()
    seen = model.fit(X, X[:, :1], batch_size=2, epochs=3, callbacks=[skip], verbose=0)
    assert seen.epoch == [2], f"{SAID}start_at"
    assert skip.done == 1, f"{SAID}skip_steps"
    assert int(model.optimizer.iterations) == 1, f"{SAID}skip_steps"  # of three steps
    assert len(training_variables(model)) == slots
    assert len(metric_variables(model)) == 4, f"{SAID}metric_variables"  # total and count of each


def test_draws_come_back() -> None:
    before = draws_json(draws_now())
    drawn = [random.random(), np.random.random(), order()]
    restore_draws(before)
    assert [random.random(), np.random.random(), order()] == drawn
    keras.random.normal((1,))  # makes Keras's own generator
    before = draws_json(draws_now())
    first = float(keras.random.normal((1,))[0])
    restore_draws(before)
    assert float(keras.random.normal((1,))[0]) == first, f"{SAID}_generator"


def order() -> list[int]:
    if keras.backend.backend() != "torch":
        return []
    import torch

    return torch.randperm(9).tolist()
