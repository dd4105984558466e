"""Noise levels and preconditioning, in float64."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.generate.noise import NoiseLevels

LEVELS = NoiseLevels(data=0.5, high=160.0, rho=7.0)


def test_the_steps_are_those_of_the_paper() -> None:
    # Karras et al. 2022, equation 5, with their numbers: data 0.5, from 80 down to 0.002.
    found = LEVELS.steps(18)
    i = np.arange(18)
    wanted = (80 ** (1 / 7) + i / 17 * (0.002 ** (1 / 7) - 80 ** (1 / 7))) ** 7
    np.testing.assert_allclose(found[:-1], wanted, rtol=1e-12)
    assert found[-1] == 0 and (np.diff(found) < 0).all()
    assert LEVELS.steps(1).tolist() == [pytest.approx(80.0), 0.0]


def test_input_and_target_of_the_network_have_unit_variance_at_every_level() -> None:
    rng = np.random.default_rng(0)
    x, noise = 0.5 * rng.standard_normal(200_000), rng.standard_normal(200_000)
    for level in (0.002, 0.1, 0.5, 3.0, 80.0):
        noisy = x + level * noise
        target = (x - LEVELS.skip(level) * noisy) / LEVELS.out(level)
        assert np.var(LEVELS.scale(level) * noisy) == pytest.approx(1, abs=0.02)
        assert np.var(target) == pytest.approx(1, abs=0.02)
        assert LEVELS.weight(level) * LEVELS.out(level) ** 2 == pytest.approx(1)


def test_training_levels_are_log_normal_about_the_median() -> None:
    logs = np.log(LEVELS.of_normal(np.random.default_rng(0).standard_normal(100_000)))
    assert np.median(logs) == pytest.approx(np.log(0.3), abs=0.02)
    assert logs.std() == pytest.approx(1.2, abs=0.02)


@pytest.mark.parametrize(
    "wrong",
    [{"data": 0.0}, {"low": -1.0}, {"high": float("nan")}, {"low": 9, "high": 9}, {"rho": 0.5}],
)
def test_numbers_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="noise levels"):
        NoiseLevels(**wrong)
