"""What is searched: the settings of a strategy as its options, around their defaults."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from labelfeed.options import CONDITIONINGS, SIDE_LAYERS, StrategyOptions
from labelfeed.options.base import AUGMENTATIONS
from labelfeed.tuning.store import OptunaTrial

__all__ = ["Setting", "Value", "settings_of", "space_of"]

Value = float | int | str | bool | None

_DIGITS = 3
_ACTIVATIONS = ("relu", "gelu", "silu", "tanh")
_DECAYS = (0.0, 1e-4, 1e-3, 1e-2, 0.05, 0.2)
_HIDDEN_RATES = ("uniform", 0.25, 0.5, 0.75, 0.9)
_HEADS = ("arcface", "cosface", "proxy-anchor", "normalized-softmax")
_FEW, _MANY, _VERY_MANY = 300, 3000, 30_000


@dataclasses.dataclass(frozen=True)
class Setting:
    """One setting, its default, and where it is looked for.

    Args:
        name: Of an option (`"width"`), or of a plain model's setting (`"boosting.leaves"`).
        default: Its default; `None` where that follows the rows.
        choices: Values that it may have; empty for a range.
        low: Lower end of a range.
        high: Upper end of a range.
        log: Whether the range is searched on a logarithmic scale.
        whole: Whether its values are whole numbers.
    """

    name: str
    default: Value
    choices: tuple[Value, ...] = ()
    low: float = 0.0
    high: float = 0.0
    log: bool = False
    whole: bool = False

    def suggest(self, trial: OptunaTrial) -> Value:
        """Return the value that an Optuna trial draws."""
        if self.choices:
            drawn: Value = trial.suggest_categorical(self.name, list(self.choices))
            return drawn
        if self.whole:
            return int(trial.suggest_int(self.name, int(self.low), int(self.high), log=self.log))
        value = trial.suggest_float(self.name, self.low, self.high, log=self.log)
        return float(f"{value:.{_DIGITS}g}")  # as it can be typed

    def told(self) -> str:
        """Return where it is looked for, in words.

        Example:
            >>> Setting("depth", 2, low=1, high=3, whole=True).told()
            '1 to 3'
            >>> Setting("network.width", None, choices=(None, 32, 256)).told()
            'auto, 32, 256'
        """
        if self.choices:
            return ", ".join("auto" if c is None else str(c) for c in self.choices)
        return f"{self.low:g} to {self.high:g}"


def settings_of(drawn: Mapping[str, Value], space: Iterable[Setting]) -> dict[str, Any]:
    """Return drawn values as options that differ from the defaults.

    Example:
        >>> space = [Setting("depth", 2), Setting("boosting.leaves", None)]
        >>> settings_of({"depth": 2, "boosting.leaves": 16}, space)
        {'members': {'boosting': {'leaves': 16}}}
    """
    found: dict[str, Any] = {}
    for setting in space:
        value = drawn[setting.name]
        if value == setting.default and isinstance(value, bool) == isinstance(
            setting.default, bool
        ):
            continue
        model, dot, name = setting.name.rpartition(".")
        if dot:
            found.setdefault("members", {}).setdefault(model, {})[name] = value
        else:
            found[name] = value
    return found


def space_of(
    options: StrategyOptions,
    plain: Sequence[str],
    rows: int,
    classes: int,
    *,
    pictures: bool = False,
    given: Mapping[str, Any] | None = None,
) -> tuple[Setting, ...]:
    """Return the settings of a strategy that are searched.

    Args:
        options: Of the strategy.
        plain: The plain models that are cross-fitted; none: one network is trained.
        rows: Training rows; ranges follow them.
        classes: Classes, or labels.
        pictures: Whether rows are pictures.
        given: Options that the user gave: they are not searched.

    Example:
        >>> from labelfeed.options import PlainOptions
        >>> [s.name for s in space_of(PlainOptions(), ["logistic", "extra-trees"], 500, 2)]
        ['extra-trees.min_leaf', 'extra-trees.features']
    """
    given = given or {}
    if not plain:
        found = _of_network(options, rows, classes, pictures)
        return tuple(setting for setting in found if setting.name not in given)
    fixed = {
        f"{model}.{name}" for model, own in (given.get("members") or {}).items() for name in own
    }
    made = {
        "extra-trees": _of_extra_trees, "boosting": _of_boosting, "lightgbm": _of_lightgbm,
        "network": _of_member_network,
    }  # fmt: skip
    settings = [s for name in plain if name in made for s in made[name](rows)]
    return tuple(setting for setting in settings if setting.name not in fixed)


def _of_network(options: StrategyOptions, rows: int, classes: int, pictures: bool) -> list[Setting]:
    own: dict[str, Any] = dataclasses.asdict(options)
    rate = options.learning_rate
    found = [
        Setting("learning_rate", rate, low=rate / 8, high=min(rate * 5, 0.1), log=True),
        _choice("weight_decay", options.weight_decay, sorted({*_DECAYS, options.weight_decay})),
    ]
    if own.get("network") is None:
        found += _of_design(options, rows, classes)
        if "conditioning" in own:
            found.append(_choice("conditioning", own["conditioning"], CONDITIONINGS))
            most = 64 if rows < _MANY else 128
            found.append(_log("label_width", own["label_width"], 4, max(most, own["label_width"])))
        if pictures and options.backbone is None:
            found.append(_choice("augment", options.augment, AUGMENTATIONS))
    if "hidden_rate" in own:
        found.append(_choice("hidden_rate", own["hidden_rate"], _HIDDEN_RATES))
    if "side_layer" in own:
        found.append(_choice("side_layer", own["side_layer"], ("auto", *SIDE_LAYERS)))
        found.append(_choice("side_offset", own["side_offset"], (True, False)))
    if "head" in own:
        size = own["embedding_dim"]
        most = max(256 if classes > 50 else 128, size)
        found += [
            _choice("head", own["head"], _HEADS), _log("embedding_dim", size, min(16, size), most),
        ]  # fmt: skip
    return found


def _of_design(options: StrategyOptions, rows: int, classes: int) -> list[Setting]:
    """Return the size of the dense layers, larger for more rows and classes."""
    least = 16 if rows < _FEW else 32
    most = 128 if rows < _FEW else 256 if rows < _MANY else 512 if rows < _VERY_MANY else 1024
    most = max(most, options.width, 2 ** math.ceil(math.log2(max(classes, 2))))
    depths = max(3 if rows < _MANY else 4, options.depth)
    dropouts = max(0.6, options.dropout)
    return [
        _log("width", options.width, min(least, options.width), most),
        Setting("depth", options.depth, low=1, high=depths, whole=True),
        _choice("activation", options.activation, _ACTIVATIONS),
        Setting("dropout", options.dropout, low=0.0, high=dropouts),
    ]


def _of_extra_trees(rows: int) -> list[Setting]:
    return [
        _log("extra-trees.min_leaf", 2, 1, min(max(8, rows // 50), 50)),
        Setting("extra-trees.features", 0.3, low=0.1, high=1.0),
    ]


def _of_boosting(rows: int) -> list[Setting]:
    usual = min(max(rows // 20, 80), 200)  # as the plain model takes by itself
    leaves = [n for n in (4, 8, 16, 31, 63) if n * 10 <= max(rows, 160)]
    return [
        Setting("boosting.iterations", None, (None, 2 * usual, 4 * usual)),
        Setting("boosting.learning_rate", 0.1, low=0.02, high=0.3, log=True),
        Setting("boosting.leaves", None, (None, *leaves)),
        Setting("boosting.l2", 1.0, low=0.1, high=30.0, log=True),
        Setting("boosting.features", None, (None, 0.2, 0.5, 0.8, 1.0)),
    ]


def _of_lightgbm(rows: int) -> list[Setting]:
    usual = min(max(rows // 10, 80), 400)
    return [
        Setting("lightgbm.iterations", None, (None, 2 * usual)),
        Setting("lightgbm.learning_rate", 0.05, low=0.01, high=0.2, log=True),
        _log("lightgbm.leaves", 15, 4, max(31, min(127, rows // 40))),
        _log("lightgbm.min_leaf", 10, 3, max(20, min(100, rows // 50))),
    ]


def _of_member_network(rows: int) -> list[Setting]:
    widths = (32, 64, 128, 256) if rows < _VERY_MANY else (64, 128, 256, 512)
    return [
        Setting("network.width", None, (None, *widths)),
        Setting("network.depth", 2, low=1, high=3, whole=True),
        Setting("network.dropout", None, (None, 0.0, 0.1, 0.2, 0.4, 0.5)),
        Setting("network.learning_rate", 0.01, low=0.002, high=0.03, log=True),
        Setting("network.weight_decay", 0.3, low=0.03, high=3.0, log=True),
    ]


def _choice(name: str, default: Value, choices: Iterable[Value]) -> Setting:
    return Setting(name, default, tuple(dict.fromkeys([default, *choices])))


def _log(name: str, default: int, low: int, high: int) -> Setting:
    return Setting(name, default, low=low, high=high, log=True, whole=True)
