"""What tuning gains over the defaults, on rows that it never saw; random search and KerasTuner too.

Each set is split once by each seed: tuning sees its training rows alone, and every figure is of
the test rows. `searched` counts the trials of each way; folds, pruning and the rule that keeps the
defaults are the same for both samplers of Optuna. KerasTuner (where it is installed, with
`--plain network`) has as many trials of the same network, one validation part, and no such rule.
"""

from __future__ import annotations

import importlib.util
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import plain_data
from benchmarks.common import parser, progress, save_json, table
from labelfeed.data.dataset import Dataset
from labelfeed.estimators.given_rows import given_rows
from labelfeed.options import TrainingOptions
from labelfeed.tuning.result import Tuned, as_options, with_settings

__all__ = ["SETS", "figures_of", "main", "rows_of"]

SETS = ("wine", "breast-cancer", "digits", "phoneme", "emotions")
_TESTED = 5  # test rows for each training row, at most
_LEAST_TEST = 0.3
_SAMPLERS = ("tpe", "random")


def rows_of(name: str, folder: Path | None, rows: int, seed: int) -> tuple[Dataset, float]:
    """Return the rows of a set, and the share to test on, so that about `rows` are for training."""
    x, y = plain_data.load(name, folder)
    order = np.random.default_rng(seed).permutation(len(x))[: rows * (1 + _TESTED)]
    share = max(_LEAST_TEST, 1 - rows / len(order))
    labels = np.asarray(y)[order]
    return given_rows(np.asarray(x)[order], labels, None, None, {}, "tune", ValueError), share


def figures_of(name: str, folder: Path | None, given: Any, seed: int) -> dict[str, Any]:
    """Return the scores of each way on the test rows of a set, and what was chosen."""
    from labelfeed import tune
    from labelfeed.runs.train import train

    dataset, share = rows_of(name, folder, given.rows, seed)
    base = {"test_share": share, "seed": seed} | ({"plain": given.plain} if given.plain else {})

    def scored(settings: dict[str, Any]) -> dict[str, float]:
        metrics = train(dataset, TrainingOptions(given=with_settings(base, settings))).metrics
        found = metrics["nothing_known"]
        return {key: found[key] for key in ("log_loss", "macro_auc", "accuracy")}

    start = time.process_time()
    figures: dict[str, Any] = {"defaults": scored({})}
    figures["defaults"]["seconds"] = time.process_time() - start
    for sampler in _SAMPLERS:
        start = time.process_time()
        with tempfile.TemporaryDirectory() as out:
            found: Tuned = tune(
                dataset, options=TrainingOptions(given=base), trials=given.trials,
                folds=given.folds, sampler=sampler, out=Path(out, "study"),
            )  # fmt: skip
        seconds = time.process_time() - start
        best = scored(found.best) if found.best else figures["defaults"]
        figures[sampler] = {
            **(best if found.settings else figures["defaults"]),
            "anyway": best["log_loss"],
            "chosen": as_options(found.settings),
            "validation_gain": None if found.gain is None else found.gain.mean,
            "verdict": found.verdict,
            "seconds": seconds,
        }
    if given.plain == "network" and importlib.util.find_spec("keras_tuner"):
        start = time.process_time()
        settings = _by_keras_tuner(dataset, base, given.trials, seed)
        figures["keras-tuner"] = {
            **scored(settings), "chosen": as_options(settings),
            "seconds": time.process_time() - start,
        }  # fmt: skip
    return figures


def _by_keras_tuner(
    dataset: Dataset, base: dict[str, Any], trials: int, seed: int
) -> dict[str, Any]:
    """Return the settings that KerasTuner's Bayesian optimisation finds for the plain network."""
    import keras
    import keras_tuner

    from labelfeed.data.preprocessing import Preprocessor
    from labelfeed.runs.splitting import split_of_run
    from labelfeed.runs.train import train
    from labelfeed.tuning.hidden import hidden_score
    from labelfeed.tuning.space import space_of

    options = TrainingOptions("plain", given=base).of("plain")
    split, _ = split_of_run(dataset, options)
    learn, held = dataset.take(split.train), dataset.take(split.validation)
    Preprocessor.fit(learn.features)  # says what cannot be learned from before anything is tried
    space = space_of(options, [], len(learn), dataset.spec.num_classes, given=base)

    class Network(keras_tuner.Tuner):
        def run_trial(self, trial: Any, *_: Any, **__: Any) -> float:
            drawn = {setting.name: _drawn(trial.hyperparameters, setting) for setting in space}
            own = with_settings(base, drawn) | {"test_share": 0.0}
            run = train(learn, TrainingOptions("plain", given=own))
            keras.utils.clear_session(free_memory=False)
            return -hidden_score(run, held, "log_loss")

    with tempfile.TemporaryDirectory() as out:
        oracle = keras_tuner.oracles.BayesianOptimizationOracle(
            objective=keras_tuner.Objective("default_objective", "min"),
            max_trials=trials,
            seed=seed,
        )
        tuner = Network(oracle=oracle, hypermodel=lambda hp: None, directory=out)
        tuner.search()
        best = tuner.get_best_hyperparameters()[0]
        return {setting.name: _drawn(best, setting) for setting in space}


def _drawn(found: Any, setting: Any) -> Any:
    """Return what KerasTuner draws for a setting."""
    if setting.choices:
        at = found.Choice(setting.name, list(range(len(setting.choices))))
        return setting.choices[at]
    how = {"sampling": "log" if setting.log else "linear"}
    if setting.whole:
        return found.Int(setting.name, int(setting.low), int(setting.high), **how)
    return float(f"{found.Float(setting.name, setting.low, setting.high, **how):.3g}")


def main(arguments: list[str]) -> None:
    given = parser("tune", __doc__.partition("\n")[0])
    given.add_argument("--data", type=Path, metavar="DIR", help="folder with the sets' files")
    given.add_argument("--sets", nargs="+", choices=plain_data.SETS, default=list(SETS))
    given.add_argument("--trials", type=int, default=50, help="of each way [50]")
    given.add_argument("--folds", type=int, help="of each trial [as labelfeed tune]")
    given.add_argument("--rows", type=int, default=1000, help="training rows, about [1000]")
    given.add_argument("--seeds", type=int, default=1, help="splits of each set [1]")
    given.add_argument("--plain", help="plain model, as of labelfeed train [the blend]")
    options = given.parse_args(arguments)
    lines, figures = [], {}
    for name in options.sets:
        found = [figures_of(name, options.data, options, seed) for seed in range(options.seeds)]
        figures[name] = found
        ways = list(found[0])
        for way in ways:
            lines.append(_line(name, way, [one[way] for one in found]))
            progress(" ".join(map(str, lines[-1])))
    heads = ["set", "searched by", "log loss", "macro-AUC", "accuracy", "best trial anyway",
             "tuned in", "processor seconds"]  # fmt: skip
    print(table(lines, heads))
    shown = {key: value for key, value in vars(options).items() if key not in ("data", "json")}
    save_json(options.json, {**shown, "sets": figures})


def _line(name: str, way: str, found: list[dict[str, Any]]) -> list[Any]:
    def mean(key: str) -> float | None:
        there = [one[key] for one in found if one.get(key) is not None]
        return float(np.mean(there)) if there else None

    chosen = sum(bool(one.get("chosen")) for one in found)
    seconds = mean("seconds")
    return [
        name, way, mean("log_loss"), mean("macro_auc"), mean("accuracy"), mean("anyway"),
        "-" if way == "defaults" else f"{chosen}/{len(found)}",
        "-" if seconds is None else f"{seconds:.0f}",
    ]  # fmt: skip
