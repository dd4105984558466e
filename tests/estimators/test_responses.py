"""What classifiers give, put into the places of a column."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.estimators.column_math import probabilities_of
from labelfeed.estimators.responses import put_scores
from labelfeed.labels.spec import LabelSpec

SPEC = LabelSpec.columns(["hot", LabelSpec.single(["r", "g", "b"], name="colour")])


def test_every_class_seen_goes_in_as_it_is() -> None:
    out = np.zeros((1, 4))
    put_scores(out, SPEC.label_columns[1], np.array([0, 1, 2]), np.array([[1.0, 2.0, 3.0]]))
    put_scores(out, SPEC.label_columns[0], np.array([0, 1]), np.array([-1.5]))
    assert out == pytest.approx(np.array([[-1.5, 1.0, 2.0, 3.0]]))


def test_a_class_not_seen_keeps_its_probability() -> None:
    out = np.log([[0.5, 0.6, 0.3, 0.1]])
    put_scores(out, SPEC.label_columns[1], np.array([0, 1]), np.array([[2.0]]))
    p = probabilities_of(out, SPEC)[0, 1:]
    assert p[2] == pytest.approx(0.1) and np.log(p[1] / p[0]) == pytest.approx(2.0)
