"""Settings of the plain models that are blended under the labels: `boosting.leaves=16`.

Nothing is imported but the standard library: `labelfeed --help` reads this package.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from labelfeed.options.base import OptionError, StrategyOptions

__all__ = ["MEMBER_SETTINGS", "MemberSettings", "member_settings", "read_members", "told_members"]

MemberSettings = Mapping[str, Mapping[str, float]]

# By plain model and setting its type, its least and its greatest value.
MEMBER_SETTINGS: dict[str, dict[str, tuple[type[int] | type[float], float, float]]] = {
    "extra-trees": {
        "trees": (int, 2, 10_000), "min_leaf": (int, 1, 1e9), "features": (float, 1e-9, 1),
    },
    "boosting": {
        "iterations": (int, 5, 100_000), "learning_rate": (float, 1e-9, 1),
        "leaves": (int, 2, 1e6), "min_leaf": (int, 1, 1e9), "l2": (float, 0, 1e9),
        "features": (float, 1e-9, 1),
    },
    "lightgbm": {
        "iterations": (int, 10, 100_000), "learning_rate": (float, 1e-9, 1),
        "leaves": (int, 2, 1e6), "min_leaf": (int, 1, 1e9),
    },
    "network": {
        "copies": (int, 1, 64), "width": (int, 1, 65_536), "depth": (int, 1, 64),
        "dropout": (float, 0, 0.99), "learning_rate": (float, 1e-9, 10),
        "weight_decay": (float, 0, 1000), "batch_size": (int, 1, 1e9), "epochs": (int, 1, 100_000),
    },
}  # fmt: skip


def read_members(texts: Iterable[str]) -> dict[str, dict[str, float]]:
    """Return settings that are written as `MODEL.SETTING=VALUE`.

    Raises:
        OptionError: There is no such plain model or setting, or the value is out of its range.

    Example:
        >>> read_members(["boosting.leaves=16", "boosting.l2=.5", "network.depth=3"])
        {'boosting': {'leaves': 16, 'l2': 0.5}, 'network': {'depth': 3}}
    """
    found: dict[str, dict[str, float]] = {}
    for text in texts:
        place, equals, value = text.partition("=")
        name, dot, setting = place.strip().partition(".")
        if not (equals and dot):
            raise OptionError(f"--member is written MODEL.SETTING=VALUE, got {text!r}.")
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        found.setdefault(name, {})[setting] = _checked(name, setting, number, value)
    return found


def member_settings(options: StrategyOptions, names: Iterable[str]) -> dict[str, dict[str, float]]:
    """Return the settings that options have for plain models.

    Args:
        options: Of any strategy.
        names: The plain models that are fitted.

    Raises:
        OptionError: There are settings of another one, or one that does not exist.

    Example:
        >>> from labelfeed.options import PlainOptions
        >>> member_settings(PlainOptions(members={"boosting": {"leaves": 16}}), ["boosting"])
        {'boosting': {'leaves': 16}}
    """
    given: MemberSettings = getattr(options, "members", None) or {}
    names = list(names)
    for name in given:
        if name not in names:
            fitted = ", ".join(map(repr, names)) if names else "one network, no plain models"
            raise OptionError(
                f"--member {name}.... is for nothing here: what is fitted is {fitted}."
            )
    return {
        name: {key: _checked(name, key, value, value) for key, value in settings.items()}
        for name, settings in given.items()
    }


def told_members(members: MemberSettings) -> list[str]:
    """Return settings as `read_members` reads them.

    Example:
        >>> told_members({"boosting": {"leaves": 16, "l2": 0.5}})
        ['boosting.leaves=16', 'boosting.l2=0.5']
    """
    return [
        f"{name}.{key}={value:g}" for name, own in members.items() for key, value in own.items()
    ]


def _checked(name: str, setting: str, value: float, told: object) -> float:
    known = MEMBER_SETTINGS.get(name)
    if known is None:
        models = ", ".join(MEMBER_SETTINGS)
        raise OptionError(f"--member {name}.{setting}: only {models} have settings.")
    if setting not in known:
        raise OptionError(f"--member {name}.{setting}: {name} has {', '.join(known)}.")
    kind, low, high = known[setting]
    if not low <= value <= high or (kind is int and value != int(value)):
        what = "a whole number" if kind is int else "a number"
        raise OptionError(
            f"--member {name}.{setting} must be {what} in [{low:g}, {high:g}], got {told!r}."
        )
    return kind(value)
