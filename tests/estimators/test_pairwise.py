"""Ridge logistic regression on the known others."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.estimators.column_math import column_losses, probabilities_of
from labelfeed.estimators.folds import deal_folds
from labelfeed.estimators.masked_copies import draw_copies
from labelfeed.estimators.pairwise import PairwiseReader, fit_pairwise
from tests.estimators._rows import mixed


def test_follows_its_formula() -> None:
    _, _, spec = mixed(1)
    rng = np.random.default_rng(0)
    by_surprise, by_sign = rng.normal(size=(2, 5, 5))
    reader = PairwiseReader(by_surprise, by_sign, 1.0, spec)
    logits, states = rng.normal(size=(1, 5)), np.array([[-1, -1, -1, 1, -1]])
    p = probabilities_of(logits, spec)
    expected = (1 - p[0, 3]) * by_surprise[3, 4] + by_sign[3, 4]
    assert reader.delta(logits, states)[0, 4] == pytest.approx(expected)
    assert (reader.delta(logits, np.full((1, 5), -1)) == 0).all()


def test_a_label_that_follows_from_a_class_is_learned_and_a_coin_is_not() -> None:
    _, y, spec = mixed()
    plain, folds, masked = np.zeros(y.shape), deal_folds(y), draw_copies(y, spec, 3, 0)
    start, w = plain[masked.row], np.full(3 * len(y), 1 / 3)
    reader, delta = fit_pairwise(plain, start, masked, spec, folds, w)
    before, after = (column_losses(masked.targets, z, spec).mean(axis=0) for z in (start, delta))
    assert after[1] < 0.7 * before[1] and after[2] > 0.95 * before[2]
    own = np.concatenate([np.diag(reader.by_sign), reader.by_sign[:3, :3].ravel()])
    assert np.abs(own).max() == 0  # a column says nothing of itself
