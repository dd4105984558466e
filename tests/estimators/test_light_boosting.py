"""LightGBM as a plain model: stops where the folds say; without it, the error names the extra."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from labelfeed.estimators.column_math import column_losses
from labelfeed.estimators.errors import EstimatorError
from labelfeed.estimators.folds import deal_folds
from labelfeed.estimators.light_boosting import LightBoostingMember
from labelfeed.estimators.named_members import MEMBERS
from labelfeed.estimators.trees import tree_arrays
from tests.estimators._rows import mixed


def test_without_lightgbm_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lightgbm", None)  # type: ignore[arg-type]
    with pytest.raises(EstimatorError, match=r"labelfeed\[lightgbm\].*take 'boosting'"):
        MEMBERS["lightgbm"]()


def test_beats_the_base_rates_stops_where_folds_say_and_becomes_arrays() -> None:
    pytest.importorskip("lightgbm")
    x, y, spec = mixed()
    y[::3, 3] = -1
    fitted = LightBoostingMember(iterations=80).cross_fit(x, y, spec, deal_folds(y))
    losses = column_losses(y, fitted.oof, spec).mean(axis=0)
    assert losses[0] < 0.8 and losses[1] < 0.4
    noise = fitted.final.columns[2].model
    assert noise.n_estimators_ <= 40  # the label 'wet' is a coin
    logits = fitted.final.logits(x)
    for part in fitted.final.columns:
        scores = tree_arrays(part.model).scores(x)
        own = list(part.column.places)
        gap = logits[:, own] - scores  # of classes: up to a constant of the row
        np.testing.assert_allclose(gap - gap[:, :1] * (len(own) > 1), 0, atol=1e-6)


def test_labels_of_one_state_and_weights() -> None:
    pytest.importorskip("lightgbm")
    x, y, spec = mixed(60)
    y[:, 3] = 0
    w = np.where(np.arange(60) < 40, 2.0, 0.0)
    member = LightBoostingMember(iterations=10)
    fitted = member.cross_fit(x, y, spec, deal_folds(y, 3), sample_weight=w)
    wrong = np.where((w == 0)[:, None], 1 - y, y)
    wrong[:, :3] = np.where((w == 0)[:, None], np.roll(y[:, :3], 1, axis=1), y[:, :3])
    again = member.cross_fit(x, wrong, spec, deal_folds(y, 3), sample_weight=w)
    np.testing.assert_allclose(fitted.final.logits(x), again.final.logits(x))
    assert (fitted.final.logits(x)[:, 3] < -3).all() and np.isfinite(fitted.oof).all()


def test_keeps_its_budget() -> None:
    pytest.importorskip("lightgbm")
    x, y, spec = mixed(60)
    short = LightBoostingMember(iterations=80, seconds=0.01)
    assert short.cross_fit(x, y, spec, deal_folds(y, 2)).note == "at most 20 iterations"
