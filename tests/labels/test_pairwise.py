"""Pairwise log-odds of labels, by counting."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.labels.pairwise import pairwise_log_odds
from labelfeed.labels.spec import LabelSpec
from tests.labels._related import labels


def test_tables_are_smoothed_log_odds() -> None:
    y = labels()
    tables = pairwise_log_odds(y, smoothing=0.5)
    assert tables.shape == (2, 4, 4)
    assert (tables[:, np.arange(4), np.arange(4)] == 0).all()
    known = y[:, 0] >= 0
    rate = ((y[known, 0] == 1).sum() + 0.5) / (known.sum() + 1)
    given = []
    for target in (0, 1):
        rows = known & (y[:, 1] == target)
        given.append(((y[rows, 0] == 1).sum() + rate) / (rows.sum() + 1))
    assert tables[1, 0, 1] == pytest.approx(np.log(given[1] / given[0]), abs=1e-5)
    assert tables[1, 0, 1] > 1 > 0 > -1 > tables[0, 0, 1]


def test_labels_never_seen_together_say_nothing() -> None:
    y = np.array([[1, -1], [0, -1], [-1, 1], [-1, 0]] * 5)
    assert np.abs(pairwise_log_odds(y)).max() == 0


def test_classes_of_one_column_say_nothing_of_each_other() -> None:
    spec = LabelSpec.columns([LabelSpec.single(["r", "g"], name="colour"), "hot"])
    y = np.array([[1, 0, 1], [0, 1, 0], [-1, -1, 1]] * 10)
    tables = pairwise_log_odds(y, 1.0, spec)
    assert (tables[:, :2, :2] == 0).all()
    assert tables[1, 0, 2] > 1 and tables[1, 2, 0] > 0 > tables[1, 2, 1]
