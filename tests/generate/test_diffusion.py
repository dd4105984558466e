"""`ConditionalDiffusion`: trains, keeps what it noted in a file, refuses what does not fit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from labelfeed.generate.diffusion import ConditionalDiffusion
from labelfeed.generate.networks import table_network
from labelfeed.generate.noise import NoiseLevels
from labelfeed.generate.training import KeepBest
from labelfeed.labels.errors import LabelError
from labelfeed.labels.spec import LabelSpec
from tests.generate._models import SIGNS, VIEW, diffusion, rows


def test_rows_are_made_for_the_label_that_is_asked_for() -> None:
    spec = LabelSpec.single(["low", "high"], name="level")
    y = np.arange(512) % 2
    x = np.random.default_rng(0).normal(2 * y - 1, 0.2)[:, None]
    model = ConditionalDiffusion(table_network(1, spec, width=16, depth=1), spec, ema=0.9)
    model.compile(keras.optimizers.Adam(0.02))
    history = model.fit(x, y, batch_size=128, epochs=30, verbose=0).history
    assert history["loss"][-1] < 0.6 * history["loss"][0]
    made = model.sample(400, {"level": ["low", "high"] * 200}, steps=12, seed=0)[:, 0]
    assert abs(made[::2].mean() + 1) < 0.3 and abs(made[1::2].mean() - 1) < 0.3
    both = model.sample(400, steps=12, seed=0)[:, 0]
    assert 0.25 < (both > 0).mean() < 0.75 and abs(np.abs(both).mean() - 1) < 0.3


def test_a_file_keeps_all_and_training_goes_on(tmp_path: Path) -> None:
    x, y = rows()
    model = diffusion(sides=(VIEW,), numbers=1, groups=[0, 0, 1])
    model.compile(keras.optimizers.SGD(0.5))
    options = {"sides": {"view": y}, "numbers": 50 + x[:, 0], "batch_size": 32, "verbose": 0}
    model.fit(3 * x, y, epochs=1, validation_data=(x, y, {"view": y}, x[:, :1]), **options)
    asked = {"sides": {"view": "side"}, "numbers": 49, "steps": 3, "seed": 1}
    made = model.sample(4, "dog", **asked)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    assert np.array_equal(again.sample(4, "dog", **asked), made)
    assert again.levels == model.levels != NoiseLevels() and again.groups.tolist() == [0, 0, 1]
    with pytest.raises(ValueError, match="kind = 'cow'"):
        again.sample(4, "cow")
    best = KeepBest(patience=1)
    best.best, best.kept = -1.0, [np.zeros(w.shape) for w in again.averaged.weights]
    again.fit(3 * x, y, epochs=1, callbacks=[best], **options)
    assert not any(w.any() for w in again.averaged.get_weights())  # what was best came back
    assert not np.array_equal(again.network.get_weights()[-1], model.network.get_weights()[-1])


@pytest.mark.only_backend("torch")  # it passed on each; compiling takes longest there
def test_several_labels_train_in_half_the_precision() -> None:
    x, _ = rows()
    y = np.tile([[0, 1, 0, 1], [-1, -1, -1, 0]], (16, 1))
    with_policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = diffusion(SIGNS)
        model.fit(x, y, epochs=1, batch_size=32, verbose=0)
    finally:
        keras.config.set_dtype_policy(with_policy)
    assert model.sample(2, {"size": "m", "fever": 1}, steps=2).dtype == np.float32
    # At the lowest level hardly anything changes: in bfloat16 x itself would, by half a percent.
    noisy = np.linspace(1, 2, 6, dtype=np.float32).reshape(2, 3)
    part = {"noisy": noisy, "noise_level": np.full((2, 1), 1e-4, np.float32), "signs": y[:2]}
    clean = model({**part, "given": np.zeros((2, 6), np.float32)})
    np.testing.assert_allclose(keras.ops.convert_to_numpy(clean), noisy, atol=1e-3)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"x": np.full((32, 3), np.nan)}, ValueError, r"row 0, place \[0\] is nan"),
        ({"x": [["a", 1, 2]] * 32}, ValueError, "must be numbers"),
        ({"x": np.ones((32, 4))}, ValueError, r"array \(n, 3\)"),
        ({"x": np.ones((0, 3)), "y": np.ones(0, int)}, ValueError, "n >= 1"),
        ({"y": np.full(32, -1)}, LabelError, "Every label of 'kind' is unknown"),
        ({"y": ["cat"] * 31 + ["horse"]}, LabelError, "horse"),
        ({"y": np.ones(31, int)}, ValueError, "32 rows, the labels have 31"),
        ({"numbers": np.ones(32)}, ValueError, "takes no numbers"),
        ({"sample_weight": -np.ones(32)}, ValueError, "sample_weight"),
        ({"batch_size": 0}, ValueError, "batch_size"),
        ({"epochs": 0}, ValueError, "epochs"),
    ],
)
def test_what_cannot_be_trained_on_is_refused(
    change: dict[str, Any], error: type[Exception], message: str
) -> None:
    x, y = rows()
    with pytest.raises(error, match=message):
        diffusion().fit(**{"x": x, "y": y, "verbose": 0, **change})


@pytest.mark.parametrize(
    "change", [{"ema": 1.0}, {"given_share": -0.1}, {"label_dropout": 1.0}, {"groups": [0, 1]}]
)
def test_arguments_out_of_range_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(change))):
        diffusion(**change)


def test_a_loss_of_the_users_is_refused() -> None:
    with pytest.raises(ValueError, match="leave out"):
        diffusion().compile("adam", loss="mse")
