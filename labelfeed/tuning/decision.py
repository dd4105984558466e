"""Whether the best trial is better than the defaults: measured once more, on folds dealt anew."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import Any

from labelfeed.metrics.intervals import Interval
from labelfeed.metrics.resampled import resampled_interval
from labelfeed.tuning.search import Score, mean, same
from labelfeed.tuning.store import OptunaStudy

__all__ = ["Chosen", "choose_trial"]

_CONFIDENCE = 0.68  # one standard error to both sides
_AGAIN = "again"


@dataclasses.dataclass(frozen=True)
class Chosen:
    """What is taken.

    Args:
        settings: Options that differ from the defaults; none: the defaults.
        trial: Number of the best trial.
        best: Its settings, taken or not.
        defaults: Mean score of the defaults: on the folds dealt anew, if there are any.
        tuned: Mean score of the best trial there.
        gain: The paired difference there; `None` where no trial was above the defaults.
    """

    settings: Mapping[str, Any]
    trial: int
    best: Mapping[str, Any]
    defaults: float
    tuned: float
    gain: Interval | None


def choose_trial(
    study: OptunaStudy,
    score: Score,
    folds: int,
    on_step: Callable[[float, str], None] | None = None,
) -> Chosen:
    """Return the settings that are taken.

    The best of many trials is in part the luckiest one. It is scored again, and the defaults with
    it, on folds dealt anew (numbers `folds` and above of `score`), and taken where it is above the
    defaults there by more than a standard error, corrected for folds that share rows. The defaults
    win ties. What was scored is kept in the study.

    Args:
        study: With a whole trial of the defaults.
        score: As for `search`.
        folds: Number of folds.
        on_step: Called after each fold with the share that is done and words.
    """
    whole = [t for t in study.get_trials(deepcopy=False) if t.state.name == "COMPLETE"]
    defaults = next(t for t in whole if not t.user_attrs["settings"])
    best = max(whole, key=lambda t: (t.value, not t.user_attrs["settings"], -t.number))
    found: dict[str, Any] = dict(best.user_attrs["settings"])
    if not found or same(found, {}):
        return Chosen({}, best.number, {}, defaults.value, defaults.value, None)
    key = json.dumps(found, sort_keys=True)
    kept = dict(study.user_attrs.get(_AGAIN, {}))
    values: list[list[float]] = [list(pair) for pair in kept.get(key, [])]
    for fold in range(len(values), folds):
        values.append([score({}, folds + fold), score(found, folds + fold)])
        study.set_user_attr(_AGAIN, {**kept, key: values})
        if on_step is not None:
            on_step((fold + 1) / folds, "the best trial and the defaults on folds dealt anew")
    gain = resampled_interval([b - a for a, b in values], 1 / folds, _CONFIDENCE)
    return Chosen(
        found if gain.low > 0 else {},
        best.number,
        found,
        mean([a for a, _ in values]),
        mean([b for _, b in values]),
        gain,
    )
