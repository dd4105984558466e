"""The blend for rare classes: repeated rows are taken where they surely lose less."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.estimators import rare_blend
from labelfeed.estimators.classifier import LabelFedClassifier
from labelfeed.estimators.rare_blend import better_of_rare, surely_less
from labelfeed.estimators.rare_rows import rare_rows
from labelfeed.labels.spec import LabelSpec

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("less", [False, True])
def test_either_way_probabilities_are_those_of_the_rows(monkeypatch, less) -> None:
    spec, ids = LabelSpec.single(2), np.repeat([0, 1], [280, 20])
    x = (RNG.normal(size=(300, 2)) + 1.5 * ids[:, None]).astype(np.float32)
    y = spec.label_columns[0].labels(ids)
    at = rare_rows(y, spec, None, 0)
    once = LabelFedClassifier("logistic", spec, read=False).fit(x, ids)
    often = LabelFedClassifier("logistic", spec, read=False).fit(x[at], ids[at], groups=at)
    monkeypatch.setattr(rare_blend, "surely_less", lambda *losses: less)
    best, taken = better_of_rare(once, often, y, at, np.full(2, 0.5))
    assert taken == less and (best is often) == less
    assert abs(best.predict_proba(x)[:, 1].mean() - 20 / 300) < 0.02


def test_a_gain_within_its_standard_error_is_none() -> None:
    first = RNG.random(50)
    noise = RNG.normal(0, 1, 50)
    assert surely_less(first, first - 0.5 + 0.1 * noise, np.ones(50))
    assert not surely_less(first, first - 0.01 + noise - noise.mean(), np.ones(50))
    heavy = np.where(np.arange(50) == 0, 1e6, 1.0)
    assert not surely_less(first, first + np.where(np.arange(50) == 0, 0.1, -1.0), heavy)
