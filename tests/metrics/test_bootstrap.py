"""Intervals of scores by drawing rows."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.bootstrap import FEWEST_ROWS, RESAMPLED, resampled
from labelfeed.metrics.probabilities import score

RNG = np.random.default_rng(0)
MULTI, CLASSES = LabelSpec.multi(["a", "b"]), LabelSpec.single(["x", "y", "z"])
MIXED = LabelSpec.columns([LabelSpec.single(["red", "blue", "green"], name="colour"), "fever"])


def rows(spec: LabelSpec, n: int = 90) -> tuple[np.ndarray, np.ndarray]:
    if spec is CLASSES:
        y = RNG.integers(-1, 3, n)
        p = RNG.dirichlet(np.ones(3), n) + np.eye(3)[np.maximum(y, 0)] * 0.3
        return y, p / p.sum(axis=1, keepdims=True)
    y = RNG.integers(-1, 2, (n, spec.num_classes))
    p = np.clip(0.3 * y + RNG.uniform(0, 0.6, y.shape), 0.01, 0.99).round(2)  # with ties
    if spec is MIXED:
        ids = RNG.integers(0, 3, n)
        y[:, :3] = np.eye(3)[ids]
        p[:, :3] /= p[:, :3].sum(axis=1, keepdims=True)
    return y, p


@pytest.mark.parametrize("spec", [MULTI, CLASSES, MIXED], ids=["multi", "classes", "mixed"])
def test_the_estimates_are_those_of_score(spec: LabelSpec) -> None:
    y, p = rows(spec)
    weights = RNG.uniform(0.5, 2, len(y))
    for w in (None, weights):
        found, wanted = resampled(y, [p], spec, weights=w), score(y, p, spec, w)
        for name in RESAMPLED:
            assert found.estimates[name][0] == pytest.approx(getattr(wanted, name), abs=1e-6), name
            interval = found.interval(name)
            assert interval.low < interval.mean < interval.high


def test_a_pair_is_drawn_together() -> None:
    y, p = rows(MULTI)
    better = np.clip(p + 0.05 * np.where(y == 1, 1, -1), 0.01, 0.99)
    found = resampled(y, [p, better], MULTI)
    gain = found.difference("log_loss", 1, 0)
    alone = found.interval("log_loss", 1)
    assert gain.high < 0 and gain.high - gain.low < (alone.high - alone.low) / 2
    same = found.difference("macro_auc", 0, 0)
    assert same.low == same.high == 0


def test_rows_of_a_group_are_one_draw() -> None:
    y, p = rows(CLASSES, 60)
    y, p, groups = np.repeat(y, 4), np.repeat(p, 4, axis=0), np.repeat(np.arange(60), 4)
    alone, together = resampled(y, [p], CLASSES), resampled(y, [p], CLASSES, groups)
    wide = together.interval("accuracy").half / alone.interval("accuracy").half
    assert 1.5 < wide < 2.6  # four equal rows say no more than one


def test_too_few_rows_have_no_interval() -> None:
    y, p = rows(MULTI, FEWEST_ROWS - 5)
    few = resampled(y, [p], MULTI).interval("accuracy")
    assert np.isfinite(few.mean) and np.isnan(few.low)
    y, p = rows(MULTI)
    y[:, 0] = 0
    y[:2, 0] = 1
    found = resampled(y, [p], MULTI)
    assert np.isnan(found.interval("macro_auc").low) and np.isfinite(found.interval("accuracy").low)
    none = resampled(np.full((40, 2), -1), [p[:40]], MULTI)
    assert np.isnan(none.estimates["macro_auc"][0])
