"""The likeliest states, and how many are right."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.estimators.errors import EstimatorError
from labelfeed.estimators.predicted import likeliest, share_right
from labelfeed.labels.spec import LabelSpec


def test_of_a_column_of_classes_one_place_is_taken() -> None:
    spec = LabelSpec.columns([LabelSpec.single(["a", "b", "c"], name="kind"), "ill"])
    p = np.array([[0.3, 0.4, 0.3, 0.5], [0.6, 0.2, 0.2, 0.49]])
    assert likeliest(p, spec).tolist() == [[0, 1, 0, 1], [1, 0, 0, 0]]


def test_unknown_and_shown_labels_do_not_count() -> None:
    spec = LabelSpec.multi(2)
    y = np.array([[1, 0], [1, -1], [-1, -1], [0, 1]])
    predicted = np.array([[1, 1], [1, 1], [0, 0], [0, 0]])
    assert share_right(predicted, y, spec) == pytest.approx(1 / 3)
    shown = np.array([[-1, 0], [-1, -1], [-1, -1], [-1, 1]])
    assert share_right(predicted, y, spec, shown) == 1
    weight = np.array([2.0, 1.0, 9.0, 1.0])
    assert share_right(predicted, y, spec, None, weight) == pytest.approx(1 / 4)
    with pytest.raises(EstimatorError, match="nothing to score"):
        share_right(predicted, y, spec, y)
