"""The optimizer's update of the rows drawn: as the optimizer says, and of no other row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

import labelfeed
from labelfeed import heads

RNG = np.random.default_rng(0)
X = RNG.normal(size=(24, 5)).astype(np.float32)
Y = np.array([3, 39, 3, -1, 0, 17] * 4, np.int32)
CENTRES = RNG.normal(size=(40, 4)).astype(np.float32)


def make(sparse: bool = True, optimizer: Any = "adam", **head: Any) -> labelfeed.MarginModel:
    keras.utils.set_random_seed(1)
    x = keras.Input((5,))
    kernel = keras.initializers.RandomNormal(seed=2)
    embedder = keras.Model(x, keras.layers.Dense(4, kernel_initializer=kernel)(x))
    made = heads.ArcFace(40, **{"sample": 0.25, "seed": 3, "scale": 16.0, **head})
    model = labelfeed.MarginModel(embedder, made, sparse_update=sparse)
    made.centres.assign(CENTRES)
    model.compile(optimizer)
    return model


def centres(model: labelfeed.MarginModel) -> np.ndarray:
    return np.array(ops.convert_to_numpy(model.head.centres))


@pytest.mark.parametrize("sub", [1, 2])
def test_one_step_is_that_of_a_dense_update(sub: int) -> None:
    """At the first step momentum is zero for all rows, so both ways must agree."""
    extra = {"sub_centres": sub} if sub > 1 else {}
    kind = heads.SubCenterArcFace if sub > 1 else heads.ArcFace

    def step(sparse: bool) -> np.ndarray:
        x = keras.Input((5,))
        kernel = keras.initializers.RandomNormal(seed=2)
        embedder = keras.Model(x, keras.layers.Dense(4, kernel_initializer=kernel)(x))
        head = kind(40, sample=0.25, seed=3, scale=16.0, **extra)
        model = labelfeed.MarginModel(embedder, head, sparse_update=sparse)
        start = np.random.default_rng(4).normal(size=(40 * sub, 4))
        head.centres.assign(start)
        model.compile(keras.optimizers.SGD(0.1, momentum=0.9))
        model.fit(X[:6], Y[:6], batch_size=6, verbose=0)
        moved = centres(model) - start.astype(np.float32)
        assert np.count_nonzero(np.abs(moved).sum(axis=1)) <= 10 * sub
        assert np.abs(moved[3 * sub : 4 * sub]).max() > 0
        return moved

    np.testing.assert_allclose(step(True), step(False), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", ["SGD", "Adagrad", "RMSprop", "Adam", "AdamW"])
def test_each_optimizer_learns_and_leaves_other_rows_alone(name: str) -> None:
    model = make(optimizer=getattr(keras.optimizers, name)(0.1), sample=0.15)
    before = centres(model)
    history = model.fit(X[:6], Y[:6], batch_size=6, epochs=1, verbose=0).history
    assert np.isfinite(history["loss"]).all()
    moved = np.abs(centres(model) - before).sum(axis=1) > 0
    assert moved.sum() <= 6
    assert moved[[0, 3, 17, 39]].all()
    first = model.evaluate(X, Y, verbose=0)[0]
    model.fit(X, Y, batch_size=6, epochs=15, verbose=0)
    assert model.evaluate(X, Y, verbose=0)[0] < first


def test_state_of_a_row_waits_until_it_is_drawn_again() -> None:
    """Momentum of a class's row, computed by hand over steps that draw it or do not."""
    model = make(optimizer=keras.optimizers.SGD(0.1, momentum=0.5))
    table = next(v for v in model.optimizer.variables if v.name.startswith("all_"))
    assert tuple(table.shape) == (40, 4)
    last, speed, waited = centres(model), np.zeros((40, 4)), 0.0
    for _ in range(6):
        model.fit(X[:6], Y[:6], batch_size=6, verbose=0)
        now = centres(model)
        moved = np.abs(now - last).sum(axis=1) > 0
        assert moved[[0, 3, 17, 39]].all()
        state = ops.convert_to_numpy(table)
        np.testing.assert_allclose(state[moved], (now - last)[moved], rtol=1e-3, atol=1e-6)
        np.testing.assert_allclose(state[~moved], speed[~moved], atol=1e-6)
        waited = max(waited, np.abs(speed[~moved]).max())
        last, speed = now, np.array(state)
    assert waited > 1e-3  # else nothing has been seen


def test_save_load_and_go_on(tmp_path: Path) -> None:
    model = make()
    model.fit(X, Y, batch_size=6, epochs=3, verbose=0)
    scores = model.predict(X, verbose=0)
    assert scores.shape == (24, 40)
    model.save(tmp_path / "m.keras")
    again = keras.saving.load_model(tmp_path / "m.keras")
    np.testing.assert_allclose(again.predict(X, verbose=0), scores, atol=1e-6)
    for new, old in zip(again.optimizer.variables, model.optimizer.variables, strict=True):
        np.testing.assert_array_equal(*map(ops.convert_to_numpy, (new.value, old.value)))
    again.fit(X, Y, batch_size=6, verbose=0)
    assert np.abs(centres(again) - centres(model)).max() > 0
    plain = labelfeed.MarginModel(again.embedder, again.head)  # takes the table back
    assert any(v is again.head.centres for v in plain.trainable_variables)


def test_bad_input_is_named() -> None:
    with pytest.raises(ValueError, match="give the head a share"):
        make(sample=None)
    with pytest.raises(ValueError, match="centre_regularizer"):
        make(centre_regularizer="l2")
    with pytest.raises(ValueError, match="use_ema"):
        make(optimizer=keras.optimizers.Adam(use_ema=True))
    with pytest.raises(ValueError, match="not Adafactor"):
        make(optimizer=keras.optimizers.Adafactor())
