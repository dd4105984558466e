"""The sampler against the one denoiser that is known in closed form: that of a Gaussian."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest

from labelfeed.generate.noise import NoiseLevels
from labelfeed.generate.sampler import Guidance, denoising_steps

MEAN = np.array([1.0, -2.0, 0.5])
FACTOR = np.array([[1.0, 0.0, 0.0], [0.9, 0.3, 0.0], [-0.5, 0.4, 0.2]])
COVARIANCE = FACTOR @ FACTOR.T

Denoise = Callable[[np.ndarray, float], np.ndarray]


def gaussian(mean: np.ndarray) -> Denoise:
    """Return the expected x given x plus noise, where x is normal."""

    def denoise(x: np.ndarray, level: float) -> np.ndarray:
        gain = COVARIANCE @ np.linalg.inv(COVARIANCE + level**2 * np.eye(3))
        return mean + (x - mean) @ gain.T

    return denoise


def last(denoise: Denoise, steps: int, n: int = 4000, seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed).standard_normal((n, 3))
    *_, x = denoising_steps(denoise, noise, NoiseLevels().steps(steps))
    return x


def heun(denoise: Denoise, noise: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Return what EDM's own method makes, two runs of the denoiser a step but for the last."""
    x = noise * levels[0]
    for level, after in itertools.pairwise(levels):
        slope = (x - denoise(x, level)) / level
        ahead = x + (after - level) * slope
        if after:
            slope = (slope + (ahead - denoise(ahead, after)) / after) / 2
        x = x + (after - level) * slope
    return x


def covariance_off(ends: np.ndarray) -> float:
    """Return how far off the covariance is: the map is affine, so four points say it."""
    matrix = (ends[1:] - ends[0]).T
    return float(np.abs(matrix @ matrix.T - COVARIANCE).max())


@pytest.mark.parametrize(("steps", "off"), [(15, 0.06), (30, 0.015), (300, 0.007)])
def test_mean_and_covariance_of_a_gaussian_are_reached(steps: int, off: float) -> None:
    points = np.vstack([np.zeros(3), np.eye(3)])
    *_, x = denoising_steps(gaussian(MEAN), points, NoiseLevels().steps(steps))
    np.testing.assert_allclose(x[0], MEAN, atol=1e-3)
    assert covariance_off(x) < off


def test_heun_is_further_off_with_as_many_runs_of_the_network() -> None:
    points = np.vstack([np.zeros(3), np.eye(3)])
    *_, x = denoising_steps(gaussian(MEAN), points, NoiseLevels().steps(30))
    other = heun(gaussian(MEAN), points, NoiseLevels().steps(16))  # 31 runs each
    assert covariance_off(other) > 5 * covariance_off(x)


def test_guidance_mixes_two_denoisers() -> None:
    known, unknown = gaussian(MEAN), gaussian(-MEAN)
    assert (last(Guidance(known, unknown, 0.0), 10) == last(unknown, 10)).all()
    assert (last(Guidance(known, unknown), 10) == last(known, 10)).all()
    twice = last(Guidance(known, unknown, 2.0), 40).mean(axis=0)
    np.testing.assert_allclose(twice, 3 * MEAN, atol=0.1)  # -m + 2 (m - -m)


def test_guidance_counts_in_its_interval_alone() -> None:
    known, unknown = gaussian(MEAN), gaussian(-MEAN)
    mixed, x = Guidance(known, unknown, 3.0, (0.1, 2.0)), np.ones((2, 3))
    for level, weight in ((0.05, 1), (0.1, 3), (1.0, 3), (2.5, 1)):
        wanted = unknown(x, level) + weight * (known(x, level) - unknown(x, level))
        np.testing.assert_allclose(mixed(x, level), wanted)


def test_each_step_is_shown() -> None:
    noise = np.ones((2, 3))
    assert len(list(denoising_steps(gaussian(MEAN), noise, NoiseLevels().steps(7)))) == 7


@pytest.mark.parametrize("weight", [-1, float("nan"), float("inf")])
def test_a_negative_guidance_is_refused(weight: float) -> None:
    with pytest.raises(ValueError, match="guidance must be a number >= 0"):
        Guidance(gaussian(MEAN), gaussian(MEAN), weight)


@pytest.mark.parametrize("interval", [(2, 1), (-1, 1), (1,), (0.0, float("nan"))])
def test_an_interval_that_is_none_is_refused(interval: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="guidance_interval"):
        Guidance(gaussian(MEAN), gaussian(MEAN), 2.0, interval)  # type: ignore[arg-type]
