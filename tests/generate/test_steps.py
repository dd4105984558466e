"""One step: what is drawn, what is scored, and the preconditioning against NumPy in float64."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from labelfeed.generate.rows import CLEAN, NOISE, NORMAL
from labelfeed.generate.steps import DiffusionSteps
from tests.generate._models import KIND, SIGNS, VIEW, diffusion, filled

N = 2000


def drawn(model: DiffusionSteps, training: bool = True, **more: Any) -> list[Any]:
    rng = np.random.default_rng(0)
    batch = {CLEAN: rng.standard_normal((N, 3)).astype(np.float32), **more}
    x, clean, weight = model._noisy((batch,), training)
    found = {key: ops.convert_to_numpy(value) for key, value in x.items()}
    return [found, ops.convert_to_numpy(clean), ops.convert_to_numpy(weight)]


def test_labels_are_dropped_together_and_what_is_given_is_not_scored() -> None:
    model = diffusion(SIGNS, sides=(VIEW,), numbers=1, label_dropout=0.2, groups=[0, 0, 1])
    signs = np.tile([[0, 1, 0, 1]], (N, 1)).astype(np.int32)
    numbers = np.ones((N, 2), np.float32)
    told = {"signs": signs, "view": np.ones(N, np.int32), "numbers": numbers}
    x, clean, weight = drawn(model, **told)
    nothing = (x["signs"] == -1).all(1) & (x["view"] == -1) & (x["numbers"] == 0).all(1)
    assert 0.2 <= nothing.mean() < 0.3
    sizes = x["signs"][:, :3] != -1
    assert (sizes.all(axis=1) | ~sizes.any(axis=1)).all()  # a column of classes as a whole
    in_part = ~nothing & (x["view"] == -1)
    assert 0.1 < in_part.mean() < 0.4
    values, flags = np.split(x["given"], 2, axis=1)
    assert (flags[:, 0] == flags[:, 1]).all() and 0.02 < flags.mean() < 0.25
    assert np.array_equal(values, clean * flags)
    assert ((weight == 0) == (flags == 1)).all()
    level = x["noise_level"]
    wanted = np.broadcast_to(model.levels.weight(level), weight.shape)
    np.testing.assert_allclose(weight[flags == 0], wanted[flags == 0], rtol=1e-4)
    noise = (x["noisy"] - clean) / level
    assert abs(noise.std() - 1) < 0.05 and abs(np.median(np.log(level / 0.6))) < 0.1


def test_validation_shows_every_label_and_takes_its_own_noise() -> None:
    model = diffusion(label_dropout=0.5)
    noise = np.full((N, 3), 2.0, np.float32)
    own = {"kind": np.ones(N, np.int32), NOISE: noise, NORMAL: np.zeros(N, np.float32)}
    x, clean, _ = drawn(model, training=False, **own)
    assert (x["kind"] == 1).all() and (x["given"] == 0).all()
    np.testing.assert_allclose(x["noise_level"], 0.6, rtol=1e-6)
    np.testing.assert_allclose(x["noisy"], clean + 1.2, rtol=1e-5)


def test_a_denoiser_is_its_network_preconditioned() -> None:
    model = filled(diffusion())
    rng = np.random.default_rng(0)
    level = np.geomspace(0.004, 20, 8)[:, None]
    noisy = rng.standard_normal((8, 3)) * (1 + level)
    rest = {"kind": np.arange(8) % 3, "given": np.zeros((8, 6))}
    inputs = {"noisy": noisy * (1 + level**2) ** -0.5, "noise_level": np.log(level) / 4, **rest}
    ordered = [inputs[tensor.name] for tensor in model.averaged.inputs]
    output = ops.convert_to_numpy(model.averaged(ordered)).astype(np.float64)
    wanted = noisy / (1 + level**2) + output * level * (1 + level**2) ** -0.5
    found = model({"noisy": noisy, "noise_level": level, **rest})
    np.testing.assert_allclose(ops.convert_to_numpy(found), wanted, rtol=1e-4, atol=1e-5)


def test_averages_follow_the_weights_fast_at_first() -> None:
    model = diffusion(KIND, ema=0.5)
    own, mean = model.network.weights[0], model.averaged.weights[0]
    start = ops.convert_to_numpy(mean)
    own.assign(np.ones(own.shape))
    model._average()
    after = 0.1 * start + 0.9
    np.testing.assert_allclose(ops.convert_to_numpy(mean), after, rtol=1e-5)
    model.averaged_steps.assign(10_000)
    model._average()
    np.testing.assert_allclose(ops.convert_to_numpy(mean), 0.5 * after + 0.5, rtol=1e-5)
    assert not model.averaged.trainable_variables
    assert len(model.trainable_variables) == len(model.network.trainable_variables)
    assert isinstance(model, keras.Model)
