"""Weights of given logits, shrunk towards common ones."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.estimators.weights import fit_weights
from labelfeed.labels.spec import LabelSpec
from tests.estimators._rows import mixed


def problem() -> tuple[np.ndarray, np.ndarray, LabelSpec]:
    x, y, spec = mixed()
    useful = np.where(y == 1, 1.0, -1.0) + x[:, [0, 1, 2, 0, 1]]
    return np.stack([useful, -useful]), y, spec


def test_useless_terms_get_the_bound() -> None:
    terms, y, spec = problem()
    found = fit_weights(terms, y, spec, centre=np.array([0.5, 0.5]), shrink=0.01)
    assert (found.weights[0] > 0.5).all() and found.weights[1].mean() < 0.2
    free = fit_weights(terms, y, spec, centre=np.zeros(2), shrink=0.01, lower=None)
    assert (free.weights[1] < 0).all()


def test_shrinking_hard_gives_the_centre_and_common_weights_are_alike() -> None:
    terms, y, spec = problem()
    held = fit_weights(terms, y, spec, centre=np.array([0.7, 0.2]), shrink=1e9)
    assert held.weights == pytest.approx(np.repeat([[0.7], [0.2]], 3, axis=1), abs=1e-4)
    shared = fit_weights(terms, y, spec, centre=np.zeros(2), common=True)
    assert shared.weights.shape == (2, 3) and np.ptp(shared.weights, axis=1).max() == 0


def test_slopes_fit_the_loss() -> None:
    terms, y, spec = problem()
    offset = terms[0] * 0.1
    found = fit_weights(terms, y, spec, centre=np.zeros(2), offset=offset, bias=1.0)
    again = fit_weights(terms, y, spec, centre=np.zeros(2), offset=offset, bias=0.0)
    assert found.loss < again.loss and (found.bias != 0).any() and (again.bias == 0).all()
