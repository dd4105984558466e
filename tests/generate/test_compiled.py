"""The compiled denoiser reads weights as they are now."""

from __future__ import annotations

import keras
import numpy as np

from labelfeed.generate.compiled import compiled_denoiser


def test_weights_are_read_at_each_call() -> None:
    model = keras.Sequential([keras.layers.Dense(1, kernel_initializer="ones", use_bias=False)])
    model.build((None, 2))
    run = compiled_denoiser(model, lambda inputs: model(inputs["x"]))
    x = {"x": np.ones((3, 2), np.float32)}
    assert run(x).tolist() == [[2], [2], [2]]
    model.set_weights([np.full((2, 1), 3.0)])
    found = run(x)
    assert isinstance(found, np.ndarray) and found.tolist() == [[6], [6], [6]]
