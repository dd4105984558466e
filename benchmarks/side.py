"""`python -m benchmarks side`: does a side label known at inference pay, and how to feed it?

- *letter, coarse*: 26 letters; the side label is one of six groups, clustered on the class means.
- *letter, weak*: the side label is the letter itself, replaced in 40 % of all rows by any other
  letter, or always by the next one.
- *digits*, *notMNIST*, rotated: each image is turned by a multiple of 90 degrees that is known.

Compared: a plain network, its Bayes product, and the same network with each layer reading the side
label. A network is trained once and tested with the side label known, replaced by another one in
20 % of the rows, and unknown. Each seed splits and initialises anew; differences are paired.
Networks are alike but for the label: two dense layers, their dropout, the same steps.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import paired_interval, parser, progress, save_json, table
from benchmarks.leak import read_sets
from benchmarks.side_networks import ROBUST, WAYS, needs_product, network
from benchmarks.side_strategy import STRATEGIES, train_strategy
from labelfeed.options import SideLabelOptions

__all__ = ["main", "measure", "tasks"]

TRAIN, TEST = 1280, 2000
EPOCHS, BATCH = SideLabelOptions.epochs, SideLabelOptions.batch_size
RATE = SideLabelOptions.learning_rate
GROUPS, WRONG = 6, 0.2
PRODUCTS = {
    "plain x Bayes product, counts": {},
    "plain x Bayes product, hard": {"mode": "hard"},
    "plain x Bayes product, soft": {"mode": "soft", "error_rate": WRONG},
}


def tasks(folder: Path | None) -> dict[str, Callable[[int], tuple[np.ndarray, ...]]]:
    """Return name -> function of a seed that gives features, targets and side label ids."""
    from sklearn.datasets import load_digits

    sets = read_sets(folder)
    digits = load_digits()
    sets["digits"] = (digits.data / 16.0).astype("float32"), digits.target
    found: dict[str, Any] = {}
    if "letter" in sets:
        x, y = sets["letter"]
        x = (x - x.mean(0)) / x.std(0)
        groups = _groups(x, y)[y]
        found["letter, coarse"] = lambda seed: (x, y, groups)
        found["letter, weak, any"] = lambda seed: (x, y, _wrong(y, 26, 0.4, seed))
        found["letter, weak, next"] = lambda seed: (x, y, _wrong(y, 26, 0.4, seed, next_one=True))
    for name, side in (("digits", 8), ("notMNIST", 28)):
        if name in sets:
            found[f"{name}, rotated"] = lambda seed, s=sets[name], n=side: _rotated(*s, n, seed)
    return found


def _groups(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    from sklearn.cluster import KMeans

    means = np.stack([x[y == c].mean(0) for c in range(int(y.max()) + 1)])
    return KMeans(GROUPS, n_init=10, random_state=0).fit(means).labels_


def _wrong(
    ids: np.ndarray, classes: int, rate: float, seed: int, next_one: bool = False
) -> np.ndarray:
    rng = np.random.default_rng([seed, 1])
    step = 1 if next_one else rng.integers(1, classes, len(ids))
    return np.where(rng.random(len(ids)) < rate, (ids + step) % classes, ids)


def _rotated(x: np.ndarray, y: np.ndarray, side: int, seed: int) -> tuple[np.ndarray, ...]:
    turns = np.random.default_rng([seed, 2]).integers(0, 4, len(x))
    images = x.reshape(-1, side, side)
    turned = np.empty_like(images)
    for turn in range(4):
        turned[turns == turn] = np.rot90(images[turns == turn], turn, axes=(1, 2))
    return turned.reshape(x.shape), y, turns


def measure(
    make: Callable[[int], tuple[np.ndarray, ...]],
    seeds: Sequence[int],
    epochs: int = EPOCHS,
    rows: int = TRAIN,
    ways: Sequence[str] = (*WAYS, *STRATEGIES),
) -> list[dict[str, dict[str, float]]]:
    """Train every way on every seed; return `[{way: {state of the side label: accuracy}}]`."""
    from labelfeed import LabelSpec

    found: list[dict[str, dict[str, float]]] = [{} for _ in seeds]
    for way in (None, *ways):
        start, compiled = time.perf_counter(), None
        for run, seed in zip(found, seeds, strict=True):
            x, y, side = make(seed)
            order = np.random.default_rng(seed).permutation(len(x))
            test = min(TEST, len(x) // 3)
            held, train = order[:test], order[test : test + rows]
            train = train[: max(1, len(train) // BATCH) * BATCH]  # whole batches: one shape
            target = LabelSpec.single(int(y.max()) + 1)
            spec = LabelSpec.single(int(side.max()) + 1, name="side")
            states = {
                "known": side[held],
                "wrong": _wrong(side[held], spec.num_classes, WRONG, seed + 1000),
                "unknown": np.full(test, -1),
            }
            fit = {"epochs": epochs, "batch_size": BATCH, "verbose": 0}
            if way in STRATEGIES:
                _restart(seed)
                model = train_strategy(way, x[train], y[train], side[train], target, spec, fit)
                run[way] = {
                    state: _accuracy(model.predict(x[held], sides=[label], verbose=0), y[held])
                    for state, label in states.items()
                }
                continue
            model = _fresh(compiled, way, x.shape[1], target, spec, y[train], side[train], seed)
            compiled = None if needs_product(way) else model
            inputs = x if way is None else [x, side.astype("int32")]
            given = [v[train] for v in inputs] if way else x[train]
            model.fit(given, y[train], **fit)
            if way is None:
                scores = model.predict(x[held], verbose=0, batch_size=test)
                run["plain"] = dict.fromkeys(states, _accuracy(scores, y[held]))
                run.update(_products(scores, target, spec, y, side, train, held, states))
                continue
            run[way] = {}
            for state, label in states.items():
                given = [x[held], label.astype("int32")]
                scores = model.predict(given, verbose=0, batch_size=test)
                run[way][state] = _accuracy(scores, y[held])
        progress(f"  {way or 'plain'}: {time.perf_counter() - start:.0f} s")
    return found


def _fresh(
    compiled: Any, way: str | None, width: int, target: Any, spec: Any, y: Any, side: Any, seed: int
) -> Any:
    """Return an untrained model; the compiled one is given new weights, to compile but once."""
    import keras

    from labelfeed import BayesProduct

    if compiled is None:
        _restart(seed)
    keras.utils.set_random_seed(seed)
    product = None
    if needs_product(way):
        error = WRONG if str(way).endswith(ROBUST) else None
        product = BayesProduct(target, spec, error_rate=error).fit(y, [side])
    model = network(way, width, target.num_classes, spec, product)
    if compiled is None:
        model.compile(keras.optimizers.Adam(RATE), "sparse_categorical_crossentropy")
        return model
    for old, new in zip(compiled.layers, model.layers, strict=True):
        for variable, start in zip(old.variables, new.variables, strict=True):
            variable.assign(start)
    for variable in compiled.optimizer.variables:
        if variable is not compiled.optimizer._learning_rate:
            variable.assign(keras.ops.zeros_like(variable.value))
    return compiled


def _restart(seed: int) -> None:
    import keras

    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)


def _accuracy(scores: np.ndarray, y: np.ndarray) -> float:
    return float((scores.argmax(1) == y).mean())


def _products(
    scores: Any, target: Any, spec: Any, y: Any, side: Any, train: Any, held: Any, states: Any
) -> dict[str, dict[str, float]]:
    from labelfeed import BayesProduct

    found: dict[str, dict[str, float]] = {}
    pairs = len(np.unique(np.stack([y[train], side[train]]), axis=1).T)
    for name, options in PRODUCTS.items():
        if "mode" in options and pairs > target.num_classes:
            continue  # a mask is for a side label that is a function of the target
        product = BayesProduct(target, spec, **options).fit(y[train], [side[train]])
        found[name] = {
            state: float((product.predict(scores, [label]) == y[held]).mean())
            for state, label in states.items()
        }
    return found


def main(arguments: list[str] | None = None) -> None:
    """Run every task and print accuracy, paired difference to plain, and wins."""
    made = parser("side", "Side labels known at inference: plain, Bayes product, every layer.")
    made.add_argument("--data", type=Path, metavar="DIR", help="folder of letter and notMNIST")
    made.add_argument("--seeds", type=int, default=5)
    made.add_argument("--epochs", type=int, default=EPOCHS)
    made.add_argument("--rows", type=int, default=TRAIN, help="training rows")
    made.add_argument("--task", nargs="+", metavar="NAME", help="only tasks starting so")
    made.add_argument(
        "--way", nargs="+", metavar="NAME", choices=(*WAYS, *STRATEGIES), help="only these layers"
    )
    options = made.parse_args(arguments)
    figures: dict[str, Any] = {}
    for name, make in tasks(options.data).items():
        if options.task and not name.startswith(tuple(options.task)):
            continue
        progress(name)
        runs = measure(
            make,
            range(options.seeds),
            options.epochs,
            options.rows,
            options.way or (*WAYS, *STRATEGIES),
        )
        figures[name] = runs
        plain = [run["plain"]["known"] for run in runs]
        lines = []
        for way in runs[0]:
            got = [run[way]["known"] for run in runs]
            gap = paired_interval(plain, got)
            mean = {s: float(np.mean([run[way][s] for run in runs])) for s in runs[0][way]}
            paired = ["-", "-"] if way == "plain" else [gap, f"{gap.wins} of {gap.seeds}"]
            lines.append([way, mean["known"], *paired, mean["wrong"], mean["unknown"]])
        lines.sort(key=lambda line: -line[1])
        print(f"\n{name} ({options.seeds} paired seeds, at most {options.rows} training rows)\n")
        header = ["way", "known", "against plain, 95 % interval", "better", "20 % wrong", "unknown"]
        print(table(lines, header), flush=True)
        save_json(options.json, {**_settings(options), "tasks": figures})


def _settings(options: Any) -> dict[str, Any]:
    settings = {"seeds": options.seeds, "epochs": options.epochs, "rows": options.rows}
    return {**settings, "batch": BATCH, "learning_rate": RATE}
