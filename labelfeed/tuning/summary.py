"""From a study to its result: the verdict, every trial, the importance of each setting."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from labelfeed.comparison.summary import UNITS, in_unit
from labelfeed.tuning.decision import Chosen
from labelfeed.tuning.result import TrialRecord, Tuned, as_options
from labelfeed.tuning.search import FAILED, done_trials
from labelfeed.tuning.space import Setting
from labelfeed.tuning.store import OptunaStudy, OptunaTrial

__all__ = ["importances", "tuned_of", "verdict_of"]

_STATES = {"COMPLETE": "whole", "PRUNED": "ended early", "FAIL": "failed"}
_FEWEST = 8  # whole trials, below which nothing is said of importance


def tuned_of(
    study: OptunaStudy,
    decision: Chosen,
    space: Sequence[Setting],
    about: Mapping[str, Any],
    folds: int,
    rows: int,
) -> Tuned:
    """Return the result of a study.

    Args:
        study: Of Optuna.
        decision: What is taken.
        space: What was searched.
        about: What the study is of.
        folds: Folds of a trial.
        rows: Training rows.
    """
    metric = str(about["metric"])
    sign = float(np.sign(UNITS[metric][0]))
    trials = tuple(_record(trial, sign) for trial in done_trials(study))
    notes: list[str] = []
    if early := sum(trial.state == "ended early" for trial in trials):
        notes.append(
            f"{early} of {len(trials)} trials were behind after some folds and ended there"
        )
    if failed := [trial for trial in trials if trial.state == "failed"]:
        notes.append(f"{len(failed)} trials could not be trained, the first: {failed[0].why}")
    importance = importances(study)
    if not importance:
        notes.append(f"too few whole trials to say which setting matters; {_FEWEST} are needed")
    return Tuned(
        verdict=verdict_of(decision, metric, len(trials)),
        settings=dict(decision.settings),
        asked={"strategy": about["strategy"], "given": dict(about["given"])},
        strategy=str(about["strategy"]),
        metric=metric,
        defaults=sign * decision.defaults,
        tuned=sign * decision.tuned,
        gain=decision.gain,
        best=dict(decision.best),
        trials=trials,
        space={setting.name: setting.told() for setting in space},
        importance=importance,
        folds=folds,
        rows=rows,
        held_out=0,
        notes=tuple(notes),
        seconds=round(sum(trial.seconds for trial in trials), 1),
    )


def verdict_of(decision: Chosen, metric: str, trials: int) -> str:
    """Return the verdict.

    Args:
        decision: What is taken.
        metric: What trials are scored by.
        trials: How many there are.
    """
    if decision.gain is None:
        few = "the only trial is theirs" if trials == 1 else f"none of {trials} trials is better"
        return f"keep the defaults: {few}"
    gain = in_unit(decision.gain, metric)
    if not decision.settings:
        return (
            f"keep the defaults: the best of {trials} trials is no surer than chance on folds "
            f"dealt anew ({gain})"
        )
    return f"tuned: {gain} over the defaults on folds dealt anew: {as_options(decision.settings)}"


def importances(study: OptunaStudy) -> dict[str, float]:
    """Return by setting the share of the score's variance that it explains, largest first.

    Of whole trials alone; `{}` where these are too few, or all alike.

    Args:
        study: Of Optuna.
    """
    whole = [t for t in study.get_trials(deepcopy=False) if t.state.name == "COMPLETE"]
    if len(whole) < _FEWEST or len({t.value for t in whole}) < _FEWEST // 2:
        return {}
    tools = importlib.import_module("optuna.importance")
    evaluator = tools.FanovaImportanceEvaluator(seed=0)
    try:
        found = tools.get_param_importances(study, evaluator=evaluator)
    except (ValueError, RuntimeError):
        return {}
    return {name: float(share) for name, share in found.items()}


def _record(trial: OptunaTrial, sign: float) -> TrialRecord:
    attributes = trial.user_attrs
    folds = tuple(sign * value for value in attributes.get("folds", ()))
    seconds = 0.0
    if trial.datetime_start is not None and trial.datetime_complete is not None:
        seconds = (trial.datetime_complete - trial.datetime_start).total_seconds()
    return TrialRecord(
        trial.number,
        _STATES.get(trial.state.name, trial.state.name.lower()),
        float(np.mean(folds)) if folds else None,
        folds,
        dict(attributes.get("settings", {})),
        round(seconds, 2),
        str(attributes.get(FAILED, "")),
    )
