"""The error of this room is one that callers of scikit-learn catch already."""

from __future__ import annotations

import pytest

from labelfeed.estimators.errors import EstimatorError


def test_it_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="mend"):
        raise EstimatorError("mend it so")
