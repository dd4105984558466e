"""The peers of the benchmark of plain networks."""

from __future__ import annotations

import numpy as np

from benchmarks.plain_data import Rows
from benchmarks.plain_peers import PEERS, probabilities
from labelfeed.labels.spec import LabelSpec

SPEC = LabelSpec.columns([LabelSpec.single(3, name="size"), "fever", "never"])


def test_a_class_that_is_missing_and_a_label_that_never_changes() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 2))
    y = np.zeros((60, 5), int)
    y[np.arange(60), np.where(x[:, 0] > 0, 2, 0)] = 1  # class 1 does not occur
    y[:, 3] = x[:, 1] > 0
    p = PEERS["logistic"](Rows(SPEC, x, y, np.arange(60) % 5, x, y), 0)
    assert not p[:, 1].any() and not p[:, 4].any()
    np.testing.assert_allclose(p[:, :3].sum(axis=1), 1)
    assert ((p[:, :4] > 0.5) == y[:, :4]).mean() > 0.95


def test_probabilities_of_columns() -> None:
    p = probabilities(np.array([[0.0, 0.0, np.log(2), 0.0, 800.0]]), SPEC)
    np.testing.assert_allclose(p, [[0.25, 0.25, 0.5, 0.5, 1.0]])
