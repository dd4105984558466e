"""Scores by the values of a column."""

from __future__ import annotations

import numpy as np

from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.by_value import scores_by_value
from labelfeed.metrics.probabilities import score

SPEC = LabelSpec.multi(["a", "b"])
Y = np.array([[0, 1], [1, 0], [1, 1], [-1, -1]])
P = np.array([[0.2, 0.9], [0.8, 0.4], [0.3, 0.6], [0.5, 0.5]])


def test_each_value_has_the_scores_of_its_rows() -> None:
    words, weights = np.array(["x", "x", "y", "z"], object), np.array([1.0, 3.0, 1.0, 1.0])
    found = scores_by_value(Y, P, SPEC, words, weights)
    own = score(Y[:2], P[:2], SPEC, weights[:2])
    assert list(found) == ["x", "y"] and found["x"]["rows"] == 2  # no row of z has a label
    assert found["x"]["log_loss"] == own.log_loss and found["y"]["macro_auc"] is None
