"""Chooses settings of a strategy on the training rows of a run, against its defaults."""

from __future__ import annotations

import dataclasses
import hashlib
import time
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np

from labelfeed import __version__
from labelfeed.comparison.budget import time_words
from labelfeed.comparison.rows import summary_of
from labelfeed.comparison.summary import UNITS
from labelfeed.data.dataset import Dataset, did_you_mean
from labelfeed.data.groups import Together
from labelfeed.data.row_digest import row_digest
from labelfeed.estimators.given_rows import given_rows
from labelfeed.labels.spec import LabelSpec
from labelfeed.options import StrategyOptions, TrainingOptions
from labelfeed.runs.splitting import split_of_run
from labelfeed.runs.train import train
from labelfeed.strategies.blended import plain_models
from labelfeed.strategies.choose import choose_strategy
from labelfeed.tuning.decision import choose_trial
from labelfeed.tuning.errors import TuningError
from labelfeed.tuning.hidden import hidden_score, usual_metric
from labelfeed.tuning.result import Tuned, with_settings
from labelfeed.tuning.rows import TuningRows, tuning_rows
from labelfeed.tuning.search import Sampler, Score, done_trials, search
from labelfeed.tuning.space import Setting, space_of
from labelfeed.tuning.store import open_study, optuna, quietly
from labelfeed.tuning.study import open_folder, write_study
from labelfeed.tuning.summary import tuned_of
from labelfeed.types import ArrayLike, DataPath, Features, Labels

__all__ = ["rows_about", "tune"]


def tune(
    data: DataPath | Dataset | Features,
    y: Labels | None = None,
    /,
    *,
    trials: int = 50,
    out: str | Path | None = None,
    overwrite: bool = False,
    options: TrainingOptions | None = None,
    metric: str | None = None,
    folds: int | None = None,
    sampler: Sampler = "tpe",
    spec: LabelSpec | None = None,
    groups: ArrayLike | None = None,
    on_step: Callable[[float, str], None] | None = None,
    note: Callable[[str], None] | None = None,
    stop: Callable[[], bool] | None = None,
    **reading: Any,
) -> Tuned:
    """Choose the settings of a strategy by experiment.

    Each trial trains with other settings on the training rows of the run that `train` would make:
    cross-validated, rows of one group on one side of a fold. Its score is that of labels which the
    model does not know. The rows of the test part are never touched, so that the scores of the run
    that is trained with these settings stay honest. The first trial is that of the defaults; the
    best one is taken where it beats them once more, on folds dealt anew (`decision.choose_trial`).

    Args:
        data: A file as `load_data` takes it, with its arguments as keywords (`target="diagnosis",
            labels=["fever"], sides=["scanner"]`), rows as it returns them, or features: numbers
            `(n, ...)` or a DataFrame.
        y: Of features: their labels, what `LabelSpec.encode` takes, -1 or None where unknown.
        trials: Trials in all, those that are there already counted, >= 1.
        out: Folder that keeps each trial; the same call goes on from there. Several processes, and
            several machines on a shared file system, may work on one at once.
        overwrite: Whether another study in that folder is replaced.
        options: How to train; options that are given are not searched.
        metric: What trials are scored by, a key of `labelfeed.comparison.summary.UNITS`; `None`:
            the log loss; of `noisy-labels` and `prior-adjusted` the macro-AUC, of `margin` the
            accuracy.
        folds: Folds of a trial, >= 2; `None`: 5, from 2,000 training rows on and of pictures 3.
        sampler: How settings are drawn: `"tpe"` (tree-structured Parzen estimators) or `"random"`.
        spec: Of features: what the labels are; `None`: classes for a vector, yes/no for a matrix.
        groups: Of features: `(n,)`, rows of one group never stand on two sides of a split.
        on_step: Called after each fold with the share that is done, in [0, 1], and words.
        note: Called with each line that the user should know at once.
        stop: Asked after each batch of a network and each fold whether to end.
        **reading: Arguments of `load_data`.

    Returns:
        The `Tuned`; print it, and train with its `options`.

    Raises:
        TuningError: There is nothing to tune, too few rows, Optuna is missing, or the folder holds
            another study.
        DataError: The file cannot be read, or its rows cannot be learned from.
        KeyboardInterrupt: `stop` said so; whole trials are kept.

    References:
        Akiba et al. 2019, Optuna: a next-generation hyperparameter optimization framework; Bergstra
        et al. 2011, Algorithms for hyper-parameter optimization (TPE); Hutter et al. 2014, An
        efficient approach for assessing hyperparameter importance (fANOVA).

    Example:
        >>> found = labelfeed.tune("scans.csv", target="malignant", out="study")  # doctest: +SKIP
        >>> run = labelfeed.runs.train(rows, found.options)  # doctest: +SKIP
    """
    optuna()
    if trials < 1:
        raise TuningError(f"trials must be at least 1, got {trials}.")
    dataset = given_rows(data, y, spec, groups, reading, "tune", TuningError)
    asked = TrainingOptions() if options is None else options
    chosen = choose_strategy(asked, dataset)
    metric = metric or usual_metric(chosen.strategy)
    if metric not in UNITS:
        raise TuningError(f"There is no metric {metric!r}.{did_you_mean(metric, UNITS)}")
    given, plain = _fixed(asked, chosen, dataset)
    chosen = TrainingOptions(chosen.strategy, given=given).of(chosen.strategy)
    split, belonging = split_of_run(dataset, chosen)
    used = np.sort(np.concatenate([split.train, split.validation]))
    rows = tuning_rows(
        dataset, used, belonging.ids, seed=chosen.seed, folds=folds,
        with_sides=chosen.strategy == "side-label",
    )  # fmt: skip
    pictures = np.ndim(dataset.features) > 2
    space = space_of(
        chosen, plain, len(used), dataset.spec.num_classes, pictures=pictures, given=given
    )
    if not space:
        raise TuningError(
            "There is nothing to tune: every setting is given, or chosen in each training anyway."
        )
    tell = note if note is not None else lambda line: None
    for line in belonging.notes:
        tell(line)
    about = {
        **rows_about(dataset, chosen),
        "asked": asked.strategy,
        "strategy": chosen.strategy,
        "given": given,
        "metric": metric,
        "folds": rows.folds,
        "space": [[setting.name, setting.told()] for setting in space],
        "sampler": sampler,
        "version": __version__,
    }
    folder = None if out is None else Path(out)
    if folder is not None:
        open_folder(folder, about, overwrite)
    score = _scoring(rows, chosen.strategy, given, metric, stop)
    found = _made(folder, space, score, rows, about, trials, on_step, note)
    found = dataclasses.replace(found, held_out=len(split.test), data=_summary(dataset, belonging))
    if folder is not None:
        write_study(folder, about, found.to_dict())
    return found


def rows_about(dataset: Dataset, options: StrategyOptions) -> dict[str, Any]:
    """Return what tells which rows a study or a training is of, and which it tests on.

    Args:
        dataset: The rows.
        options: Of the strategy.
    """
    split, belonging = split_of_run(dataset, options)
    test = hashlib.sha256(np.asarray(split.test, np.int64).tobytes()).hexdigest()
    return {
        "file": dataset.fingerprint,
        "target": [column.name for column in dataset.spec.label_columns],
        "sides": [spec.name for spec in dataset.sides.specs],
        "rows": row_digest(dataset, belonging.ids),
        "test": test,
    }


def _fixed(
    asked: TrainingOptions, chosen: StrategyOptions, dataset: Dataset
) -> tuple[dict[str, Any], list[str]]:
    """Return the options that every trial has, and the plain models that are cross-fitted."""
    plain = plain_models(chosen, dataset)
    given = dict(asked.given)
    if not plain and hasattr(chosen, "plain"):
        given["plain"] = "network"  # also where all settings are those of the defaults
    return given, plain


def _scoring(
    rows: TuningRows,
    strategy: str,
    given: Mapping[str, Any],
    metric: str,
    stop: Callable[[], bool] | None,
) -> Score:
    def score(settings: Mapping[str, Any], fold: int) -> float:
        learn, held = rows.split(fold)
        own = with_settings(given, settings) | {"test_share": 0.0, "seed": rows.seed + fold}
        if strategy != "prior-adjusted":
            own.pop("deploy_prior", None)  # held-out rows are as frequent as those of training
        # Threads of scikit-learn leave filters of warnings as they should not be: a line for each
        # tree would follow, from the second training on.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            run = train(learn, TrainingOptions(strategy, given=own), stop=stop)
            if run.interrupted or (stop is not None and stop()):
                raise KeyboardInterrupt
            value = hidden_score(run, held, metric)
        keras.utils.clear_session(free_memory=False)
        return value

    return score


def _made(
    folder: Path | None,
    space: tuple[Setting, ...],
    score: Score,
    rows: TuningRows,
    about: Mapping[str, Any],
    trials: int,
    on_step: Callable[[float, str], None] | None,
    note: Callable[[str], None] | None,
) -> Tuned:
    with quietly():
        study = open_study(folder)
        before, start = len(done_trials(study)), time.perf_counter()
        if before and note is not None:
            note(f"{before} trials are there already, and are not made again")

        def tell(done: int, part: float, text: str = "") -> None:
            if on_step is None:
                return
            made = done - before + part
            left = max(trials + 2 - done - part, 0) * (time.perf_counter() - start) / max(made, 0.1)
            words = text or f"trial {done + 1} of {max(trials, done + 1)}"
            on_step(
                min((done + part) / (trials + 2), 1.0), f"{words}, about {time_words(left)} left"
            )

        search(
            study, space, score, folds=rows.folds, trials=trials, seed=rows.seed,
            sampler=about["sampler"], on_step=tell,
        )  # fmt: skip
        done = len(done_trials(study))
        decision = choose_trial(
            study, score, rows.folds, lambda part, text: tell(done, 2 * part, text)
        )
        return tuned_of(study, decision, space, about, rows.folds, len(rows.dataset))


def _summary(dataset: Dataset, belonging: Together) -> dict[str, str]:
    if np.ndim(dataset.features) <= 2:
        return summary_of(dataset, belonging)
    height, width = dataset.features.shape[1:3]
    return {
        "data": dataset.source,
        "rows": f"{len(dataset):,} pictures of {height} x {width} pixels",
        "labels": ", ".join(column.name for column in dataset.spec.label_columns),
    }
