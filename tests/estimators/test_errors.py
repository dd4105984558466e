"""The error of this room."""

from __future__ import annotations

import pytest

from labelfeed.estimators import EstimatorError, LabelFedClassifier


def test_is_a_value_error_that_says_what_to_do() -> None:
    with pytest.raises(
        ValueError, match=r"plain must be 'auto'.*'boosting'.*got 'forest'"
    ) as raised:
        LabelFedClassifier(plain="forest").fit([[0.0], [1.0]], [0, 1])
    assert isinstance(raised.value, EstimatorError)
