"""The error of this room."""

from __future__ import annotations

import pytest

from labelfeed.comparison import ComparisonError
from labelfeed.comparison.budget import seconds_of


def test_is_a_value_error_that_says_what_to_do() -> None:
    with pytest.raises(ValueError, match="such as 90s, 10m or 2h") as raised:
        seconds_of("soon")
    assert isinstance(raised.value, ComparisonError)
