"""Budgets are read as they are written, and nothing else is."""

from __future__ import annotations

import pytest

from labelfeed.comparison.budget import seconds_of, time_words
from labelfeed.comparison.errors import ComparisonError


def test_reads_units_sums_and_numbers() -> None:
    given = {"90s": 90, "10m": 600, " 2 H ": 7200, "1.5h": 5400, "1h30m": 5400, 0.5: 0.5}
    assert {text: seconds_of(text) for text in given} == given


@pytest.mark.parametrize("text", ["", "10", "m", "-5m", "10 minutes", "0s", "1.2.3m", 0, -1, True,
                                  float("inf"), float("nan")])  # fmt: skip
def test_refuses_what_is_no_time(text) -> None:
    with pytest.raises(ComparisonError, match="time above 0"):
        seconds_of(text)


def test_words_round_up_and_are_read_back() -> None:
    assert [time_words(s) for s in (0.2, 90, 91, 3600, 3661)] == ["1s", "90s", "2m", "1h", "1h2m"]
    assert seconds_of(time_words(7300)) >= 7300
