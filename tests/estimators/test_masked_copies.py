"""Copies of the rows with part of the labels shown."""

from __future__ import annotations

import numpy as np

from labelfeed.estimators.masked_copies import draw_copies, known_others
from tests.estimators._rows import mixed


def test_what_is_shown_is_not_scored_and_unknown_is_neither() -> None:
    _, y, spec = mixed()
    y[:50, :3] = -1
    masked = draw_copies(y, spec, 4, seed=0)
    truth = y[masked.row]
    shown, scored = masked.states >= 0, masked.targets >= 0
    assert not (shown & scored).any() and ((shown | scored) == (truth >= 0)).all()
    assert (masked.states[shown] == truth[shown]).all()
    assert (shown[:, :3] == shown[:, :1]).all()  # a column of classes as a whole
    share = shown[:, 3].mean()
    assert 0.45 < share < 0.55 and (~shown).all(axis=1).any()


def test_known_others_counts_columns() -> None:
    _, _, spec = mixed(1)
    states = np.array([[1, 0, 0, -1, 1], [-1, -1, -1, 0, -1]])
    assert known_others(states, spec).tolist() == [[1, 1, 1, 2, 1], [1, 1, 1, 0, 1]]
