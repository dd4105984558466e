"""A blend of plain models."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.estimators.blend import fit_blend
from labelfeed.estimators.column_math import column_losses
from tests.estimators._rows import mixed


def test_two_that_err_apart_are_better_together() -> None:
    _, y, spec = mixed()
    rng = np.random.default_rng(0)
    good = [np.where(y == 1, 1.0, -1.0) + rng.normal(size=y.shape) for _ in range(2)]
    blend = fit_blend([*good, rng.normal(size=y.shape)], y, spec)
    assert blend.losses[3] < blend.losses[:3].min() - 0.05
    assert (blend.weights[:2] > 0.3).all() and blend.weights[2].mean() < 0.3
    own = column_losses(y, blend.logits([*good, np.zeros(y.shape)]), spec)
    assert own.mean() < 0.5


def test_never_worse_out_of_fold_than_the_best_single_one() -> None:
    _, y, spec = mixed(12)  # shrinking would win over so few rows
    sure = np.where(y == 1, 9.0, -9.0)
    blend = fit_blend([sure, -sure], y, spec)
    single = column_losses(y, sure, spec).sum(axis=0)
    assert (column_losses(y, blend.logits([sure, -sure]), spec).sum(axis=0) <= single).all()


def test_too_sure_logits_are_calibrated() -> None:
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2, (400, 5))
    _, _, spec = mixed(1)
    y[:, :3] = np.eye(3, dtype=int)[rng.integers(0, 3, 400)]
    sure = 8 * (np.where(y == 1, 0.3, -0.3) + rng.normal(size=y.shape))
    assert fit_blend([sure], y, spec).weights.max() < 0.3


def test_rows_of_no_weight_do_not_count() -> None:
    _, y, spec = mixed(100)
    rng = np.random.default_rng(2)
    z, w = rng.normal(size=y.shape), np.repeat([1.0, 0.0], 50)
    part = fit_blend([z[:50]], y[:50], spec)
    assert fit_blend([z], y, spec, weight=w).weights == pytest.approx(part.weights, abs=0.01)
