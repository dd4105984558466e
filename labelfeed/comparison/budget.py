"""A budget of time as text: `90s`, `10m`, `2h`."""

from __future__ import annotations

import re

from labelfeed.comparison.errors import ComparisonError

__all__ = ["seconds_of", "time_words"]

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}


def seconds_of(budget: str | float) -> float:
    """Return the seconds of a budget.

    Args:
        budget: Text such as `"90s"`, `"10m"` or `"1.5h"`, or a number of seconds; above 0.

    Raises:
        ComparisonError: It is neither.

    Example:
        >>> seconds_of("10m"), seconds_of("1h30m"), seconds_of(45)
        (600.0, 5400.0, 45.0)
    """
    seconds = 0.0
    if isinstance(budget, str):
        parts = re.findall(r"([\d.]+)\s*([smh])", budget.strip().lower())
        written = "".join(f"{number}{unit}" for number, unit in parts)
        if written and written == re.sub(r"\s", "", budget.strip().lower()):
            try:
                seconds = sum(float(number) * _UNITS[unit] for number, unit in parts)
            except ValueError:  # two points in a number
                seconds = 0.0
    elif not isinstance(budget, bool):
        seconds = float(budget)
    if not 0 < seconds < float("inf"):
        raise ComparisonError(
            f"The budget must be a time above 0 such as 90s, 10m or 2h, got {budget!r}."
        )
    return seconds


def time_words(seconds: float) -> str:
    """Return a time as a budget is written, rounded up.

    Example:
        >>> time_words(45), time_words(61), time_words(7300)
        ('45s', '61s', '2h2m')
    """
    if seconds <= 90:
        return f"{max(1, -int(-seconds // 1))}s"
    minutes = -int(-seconds // 60)
    hours, rest = divmod(minutes, 60)
    return f"{hours}h{f'{rest}m' if rest else ''}" if hours else f"{minutes}m"
