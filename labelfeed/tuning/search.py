"""The search: trials of settings, fold by fold, until so many are done."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from labelfeed.tuning.errors import TuningError
from labelfeed.tuning.space import Setting, settings_of
from labelfeed.tuning.store import OptunaStudy, OptunaTrial, optuna

__all__ = ["FAILED", "Sampler", "Score", "done_trials", "mean", "same", "search"]

Score = Callable[[Mapping[str, Any], int], float]
Sampler = Literal["tpe", "random"]

_SETTINGS, _FOLDS, _SECONDS, FAILED = "settings", "folds", "seconds", "failed"
_BAD = (ValueError, RuntimeError, ArithmeticError, MemoryError)  # of settings that cannot train


def search(
    study: OptunaStudy,
    space: Sequence[Setting],
    score: Score,
    *,
    folds: int,
    trials: int,
    seed: int = 0,
    sampler: Sampler = "tpe",
    on_step: Callable[[int, float, str], None] | None = None,
) -> None:
    """Make trials until a study has as many as wanted, those of other processes counted in.

    The first one is that of the defaults. A trial that is behind after some folds is ended there
    (Optuna's median pruner); the defaults never are. Numbers depend on the seed and the number of
    the trial alone, so that a study goes on after an interruption as if there had been none.

    Args:
        study: Of Optuna, to be maximised.
        space: What is searched.
        score: From settings (`{}`: the defaults) and a fold from 0 to a score, more is better.
        folds: Number of folds.
        trials: Trials that are wanted.
        seed: Of what is drawn.
        sampler: Tree-structured Parzen estimators, or at random.
        on_step: Called after each fold with trials done, the share of the present one, and words.

    Raises:
        TuningError: The defaults cannot be scored.
    """
    while True:
        done, defaults = len(done_trials(study)), _states_of_defaults(study)
        if done >= trials and "COMPLETE" in defaults:
            return
        # One that is under way elsewhere may have been killed: at the end nobody waits for it.
        enough = {"COMPLETE", "WAITING"} | ({"RUNNING"} if done < trials else set())
        if not defaults & enough:
            study.enqueue_trial({setting.name: setting.default for setting in space})
        trial = study.ask()
        # Drawn by its number: a process that goes on must not draw what was drawn before it.
        study.sampler = _sampler(sampler, 1009 * seed + trial.number)
        try:
            _run(study, trial, space, score, folds, on_step, done)
        except BaseException:
            study.tell(trial, state=optuna().trial.TrialState.FAIL, skip_if_finished=True)
            raise


def _run(
    study: OptunaStudy,
    trial: OptunaTrial,
    space: Sequence[Setting],
    score: Score,
    folds: int,
    on_step: Callable[[int, float, str], None] | None,
    before: int,
) -> None:
    settings = settings_of({setting.name: setting.suggest(trial) for setting in space}, space)
    trial.set_user_attr(_SETTINGS, settings)
    known = _values_of(study, settings)
    values: list[float] = []
    start = time.perf_counter()
    for fold in range(folds):
        try:
            value = known[fold] if fold < len(known) else score(settings, fold)
            if not math.isfinite(value):
                raise ValueError("there is no score: too few rows of a class in a fold")
        except _BAD as error:
            if not settings:
                raise TuningError(f"The defaults cannot be scored: {error}") from error
            trial.set_user_attr(FAILED, f"{type(error).__name__}: {error}"[:500])
            study.tell(trial, state=optuna().trial.TrialState.FAIL)
            return
        values.append(float(value))
        trial.set_user_attr(_FOLDS, values)
        trial.set_user_attr(_SECONDS, round(time.perf_counter() - start, 2))
        trial.report(mean(values), fold)
        if on_step is not None:
            on_step(before, (fold + 1) / folds, "")
        if settings and fold + 1 < folds and trial.should_prune():
            study.tell(trial, state=optuna().trial.TrialState.PRUNED)
            return
    study.tell(trial, mean(values))


def done_trials(study: OptunaStudy) -> list[Any]:
    """Return the trials that count: whole ones, those ended early, and those that cannot train."""
    return [
        trial
        for trial in study.get_trials(deepcopy=False)
        if trial.state.name in ("COMPLETE", "PRUNED") or FAILED in trial.user_attrs
    ]


def same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether settings are the same."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def mean(values: Sequence[float]) -> float:
    """Return the mean."""
    return sum(values) / len(values)


def _values_of(study: OptunaStudy, settings: Mapping[str, Any]) -> list[float]:
    """Return the scores of the same settings in an earlier trial."""
    found = [
        list(trial.user_attrs.get(_FOLDS, ()))
        for trial in study.get_trials(deepcopy=False)
        if same(trial.user_attrs.get(_SETTINGS, {"": 0}), settings)
    ]
    return max(found, key=len, default=[])


def _states_of_defaults(study: OptunaStudy) -> set[str]:
    """Return the states of the trials of the defaults; the first one is, once it is there."""
    return {
        trial.state.name
        for trial in study.get_trials(deepcopy=False)
        if trial.user_attrs.get(_SETTINGS, {} if trial.state.name == "WAITING" else None) == {}
    }


def _sampler(kind: Sampler, seed: int) -> Any:
    samplers = optuna().samplers
    if kind == "random":
        return samplers.RandomSampler(seed=seed)
    return samplers.TPESampler(seed=seed)
