"""Sampling from a diffusion that has hardly been trained: what must hold all the same."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from labelfeed.generate.diffusion import ConditionalDiffusion
from labelfeed.generate.rows import CLEAN
from labelfeed.generate.sampler import Guidance, denoising_steps
from tests.generate._models import diffusion, filled, rows

GIVEN = np.array([[0.25, np.nan, np.nan], [np.nan, np.nan, -1.5]], np.float32)


@pytest.fixture(scope="module")
def model() -> ConditionalDiffusion:
    keras.utils.set_random_seed(0)
    fitted = diffusion()
    x, y = rows()
    fitted.fit(x, y, epochs=1, batch_size=32, verbose=0)
    return filled(fitted)


def test_guidance_zero_is_the_unconditional_model_to_the_bit(model: ConditionalDiffusion) -> None:
    free = model.sample(6, steps=3, seed=0)
    assert np.array_equal(model.sample(6, "dog", guidance=0, steps=3, seed=0), free)
    told = [model.sample(6, "dog", guidance=w, steps=3, seed=0) for w in (1, 1.0, 2)]
    assert np.array_equal(told[0], told[1])
    assert np.abs(told[0] - free).max() > 1e-3 and np.abs(told[2] - told[0]).max() > 1e-3


def test_the_seed_decides_whatever_the_batch_size(model: ConditionalDiffusion) -> None:
    first = model.sample(6, "cat", steps=3, seed=5)
    assert np.array_equal(model.sample(6, "cat", steps=3, seed=5), first)
    np.testing.assert_allclose(
        model.sample(6, "cat", steps=3, seed=5, batch_size=4), first, rtol=1e-3, atol=1e-4
    )
    assert not np.array_equal(model.sample(6, "cat", steps=3), first)


def test_given_values_come_back_and_reach_the_others(model: ConditionalDiffusion) -> None:
    made = model.sample(2, given=GIVEN, steps=3, seed=0)
    known = ~np.isnan(GIVEN)
    assert np.array_equal(made[known], GIVEN[known])
    free = model.sample(2, steps=3, seed=0)
    assert np.abs(made - free)[~known].max() > 1e-3


def test_a_sampler_of_ones_own_is_made_of_the_same_parts(model: ConditionalDiffusion) -> None:
    noise = np.random.default_rng(3).standard_normal((6, 3), np.float32)
    mixed = Guidance(model.denoiser(6, "dog"), model.denoiser(6), 2.0)
    *_, x = denoising_steps(mixed, noise, model.levels.steps(3))
    np.testing.assert_allclose(
        model.sample(6, "dog", guidance=2.0, steps=3, seed=3), x, rtol=1e-5, atol=1e-6
    )
    with pytest.raises(ValueError, match="takes 6 rows, got 2"):
        model.denoiser(6)(noise[:2], 1.0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n": 0}, "n must be a whole number >= 1"),
        ({"steps": 0}, "steps must be"),
        ({"batch_size": 0}, "batch_size must be"),
        ({"guidance": -1}, "guidance must be a number >= 0"),
        ({"guidance": "much"}, "guidance must be a number >= 0"),
        ({"guidance_interval": (2, 1)}, "guidance_interval"),
        ({"known": "cow"}, r"No training row had kind = 'cow'.*'cat', 'dog'"),
        ({"known": {"kin": "dog"}}, "Did you mean 'kind'"),
        ({"known": "dgo"}, "dog"),
        ({"sides": {"view": "front"}}, "no label 'view'"),
        ({"numbers": 3}, "takes no numbers"),
        ({"given": np.ones((2, 2))}, "given must be"),
        ({"given": {"a": 1}}, "given must be numbers"),
        ({"verbose": 3}, "verbose"),
    ],
)
def test_what_does_not_fit_is_refused(
    model: ConditionalDiffusion, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        model.sample(**{"n": 2, "steps": 2, **change})


def test_rows_are_made_and_not_predicted(model: ConditionalDiffusion) -> None:
    with pytest.raises(TypeError, match=r"model.sample\(n"):
        model.predict(rows()[0])


def test_without_label_dropout_there_is_no_unconditional_model() -> None:
    fitted = diffusion(label_dropout=0)
    with pytest.raises(ValueError, match="has not been trained"):
        fitted.sample(2)
    fitted._settle({CLEAN: rows()[0], "kind": rows()[1]})
    for options in ({"known": None}, {"known": "dog", "guidance": 2}):
        with pytest.raises(ValueError, match="label_dropout=0"):
            fitted.sample(2, **options)
