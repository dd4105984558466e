"""What tuning found, as frozen dataclasses."""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Mapping
from typing import Any

import pandas as pd

from labelfeed.metrics.intervals import Interval
from labelfeed.options import TrainingOptions
from labelfeed.options.members import told_members
from labelfeed.results import Result, result_html

__all__ = ["TrialRecord", "Tuned", "as_options", "settings_by_name", "with_settings"]


@dataclasses.dataclass(frozen=True)
class TrialRecord:
    """One trial.

    Args:
        number: Its number; 0 is that of the defaults.
        state: `"whole"`, `"ended early"` or `"failed"`.
        value: Mean of its scores; `None` where it has none.
        folds: Score of each fold that was made.
        settings: Options that differ from the defaults.
        seconds: Time that it took.
        why: Why it failed, or "".
    """

    number: int
    state: str
    value: float | None
    folds: tuple[float, ...]
    settings: dict[str, Any]
    seconds: float
    why: str = ""


@dataclasses.dataclass(frozen=True)
class Tuned(Result):
    """Which settings are taken, what they gain, and all trials.

    `str()` is the verdict.

    Args:
        verdict: One sentence.
        settings: Options that differ from the defaults; `{}`: the defaults are kept.
        asked: What was asked for: `strategy`, and `given` options.
        strategy: The strategy, with `"auto"` resolved.
        metric: What trials are scored by, on labels that are unknown to the model.
        defaults: The score of the defaults, where the gain is measured.
        tuned: That of the best trial.
        gain: The difference, more is better; with its interval of one standard error. `None`: no
            trial was above the defaults.
        best: Settings of the best trial, taken or not.
        trials: Every trial.
        space: By setting where it was looked for, in words.
        importance: By setting the share in [0, 1] of the variance of the score that it explains
            (fANOVA); empty with too few trials.
        folds: Folds of a trial.
        rows: Training rows, which alone were used.
        held_out: Rows of the test part, which were not.
        data: A summary of the rows, by its heading.
        notes: What else the user should know.
        seconds: Time of all trials together.
    """

    verdict: str
    settings: dict[str, Any]
    asked: dict[str, Any]
    strategy: str
    metric: str
    defaults: float
    tuned: float
    gain: Interval | None
    best: dict[str, Any]
    trials: tuple[TrialRecord, ...]
    space: dict[str, str]
    importance: dict[str, float]
    folds: int
    rows: int
    held_out: int
    data: dict[str, str] = dataclasses.field(default_factory=dict)
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def options(self) -> TrainingOptions:
        """What to train with: what was asked for, and the settings."""
        return TrainingOptions(
            self.asked["strategy"], given=with_settings(self.asked["given"], self.settings)
        )

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each trial: its state, score, seconds, and each setting."""
        rows = [
            {
                "trial": trial.number,
                "state": trial.state,
                "score": trial.value,
                "seconds": trial.seconds,
                **{
                    name: settings_by_name(trial.settings).get(name, "default")
                    for name in self.space
                },
            }
            for trial in self.trials
        ]
        return pd.DataFrame(rows)

    def __str__(self) -> str:
        """Return the verdict."""
        return self.verdict

    def _repr_html_(self) -> str:
        """Return the verdict and the best trials, for a notebook."""
        table = self.to_frame().sort_values("score", ascending=False).head(10)
        return result_html(self.verdict, table)


def with_settings(given: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return options with settings among them, those of plain models together."""
    members = {name: dict(own) for name, own in (given.get("members") or {}).items()}
    for name, own in (settings.get("members") or {}).items():
        members.setdefault(name, {}).update(own)
    both = {**given, **settings}
    return {**both, "members": members} if members else both


def settings_by_name(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings by name, those of plain models as `boosting.leaves`.

    Example:
        >>> settings_by_name({"width": 8, "members": {"boosting": {"leaves": 16}}})
        {'width': 8, 'boosting.leaves': 16}
    """
    found: dict[str, Any] = {}
    for name, value in settings.items():
        if name == "members":
            found |= {f"{m}.{key}": v for m, own in value.items() for key, v in own.items()}
        else:
            found[name] = value
    return found


def as_options(settings: Mapping[str, Any]) -> str:
    """Return settings as the command line takes them.

    Example:
        >>> as_options({"width": 8, "side_offset": False, "members": {"boosting": {"l2": 0.5}}})
        '--width 8 --no-side-offset --member boosting.l2=0.5'
    """
    words: list[str] = []
    for name, value in settings.items():
        option = name.replace("_", "-")
        if name == "members":
            words += [word for told in told_members(value) for word in ("--member", told)]
        elif isinstance(value, bool):
            words.append(f"--{option}" if value else f"--no-{option}")
        else:
            words += [f"--{option}", f"{value:g}" if isinstance(value, float) else str(value)]
    return shlex.join(words)
