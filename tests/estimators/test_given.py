"""A table of given probabilities as a plain model."""

from __future__ import annotations

import numpy as np
import pytest

from labelfeed.estimators.errors import EstimatorError
from labelfeed.estimators.given import GivenMember, checked_probabilities
from labelfeed.labels.spec import LabelSpec


def test_two_classes_may_be_one_column() -> None:
    p = checked_probabilities([0.25, 1.0], LabelSpec.single(2), 2)
    assert p.tolist() == [[0.75, 0.25], [0.0, 1.0]]


def test_new_rows_bring_their_own() -> None:
    table = np.array([[0.1], [0.9], [0.0]])
    y = np.array([[0], [1], [0]])
    fitted = GivenMember().cross_fit(table, y, LabelSpec.multi(1), np.arange(3))
    assert np.isfinite(fitted.oof).all()
    assert fitted.final.logits(np.array([[0.5]])).tolist() == [[0.0]]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (np.zeros((2, 2)), r"shape \(2, 2\); \(3, 2\) was expected"),
        (np.zeros((3, 3)), r"shape \(3, 3\)"),
        (np.array([[0.0, 0.5], [1.5, 0], [0, 2]]), r"Row 1, column 0: got 1.5.*2 of 6.*sigmoid"),
        (np.array([[0.0, np.nan]] * 3), "Row 0, column 1: got nan"),
        ([["a", "b"]] * 3, "no numbers"),
    ],
)
def test_what_does_not_fit_is_refused(table: np.ndarray, message: str) -> None:
    with pytest.raises(EstimatorError, match=message):
        checked_probabilities(table, LabelSpec.multi(2), 3)
