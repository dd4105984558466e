"""Scale and shift of the logits of label columns."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.strategies.column_calibration import calibrated_loss, fit_columns

MIXED = LabelSpec.columns([LabelSpec.single(["s", "m", "l"], name="size"), "fever"])


def drawn(n: int, factor: float) -> tuple[np.ndarray, np.ndarray]:
    """Return logits of MIXED that are `factor` times too large, and labels, some unknown."""
    rng = np.random.default_rng(0)
    z = 1.5 * rng.normal(size=(n, 4))
    y = np.zeros((n, 4), int)
    y[np.arange(n), (z[:, :3] + rng.gumbel(size=(n, 3))).argmax(axis=1)] = 1
    y[:, 3] = rng.random(n) < 1 / (1 + np.exp(-z[:, 3]))
    y[::9, :3], y[1::9, 3] = -1, -1
    return z * factor, y


@pytest.mark.parametrize("factor", [0.1, 1.0, 6.0])
def test_finds_the_scale_of_each_column(factor: float) -> None:
    z, y = drawn(6000, factor)
    scale, shift = fit_columns(z, y, MIXED)
    assert scale[0] == scale[1] == scale[2]
    np.testing.assert_allclose(scale * factor, 1, atol=0.08)
    np.testing.assert_allclose(shift, 0, atol=0.12)
    assert calibrated_loss(z, y, MIXED) == pytest.approx(
        calibrated_loss(z / factor, y, MIXED), rel=2e-3
    )


def test_what_says_nothing_falls_back_to_the_shares() -> None:
    rng = np.random.default_rng(1)
    spec = LabelSpec.single(3)
    y = np.eye(3, dtype=int)[rng.choice(3, 3000, p=[0.7, 0.2, 0.1])]
    scale, shift = fit_columns(5 * rng.normal(size=y.shape), y, spec)
    share = np.exp(shift) / np.exp(shift).sum()
    assert scale[0] < 0.05
    np.testing.assert_allclose(share, y.mean(axis=0), atol=0.05)


def test_a_column_that_nobody_knows_passes_unchanged() -> None:
    scale, shift = fit_columns(np.ones((5, 4)), np.full((5, 4), -1), MIXED)
    assert scale.tolist() == [1] * 4 and shift.tolist() == [0] * 4
    assert calibrated_loss(np.ones((5, 4)), np.full((5, 4), -1), MIXED) == 0
