"""`python -m benchmarks side`: does a side label known at inference pay, and how to feed it?

- *letter, coarse*: 26 letters; the side label is one of six groups, clustered on the class means
  of the training rows; once right and once replaced by another group in 20 % of all rows.
- *letter, weak*: the side label is the letter itself, replaced by another in 40 % of all rows.
- *digits*, *notMNIST*, rotated: each image is turned by a multiple of 90 degrees that is known.

Compared: a plain network, its Bayes product, and the same network with each layer reading the side
label. Each seed splits and initialises anew; differences to plain are paired by seed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import paired_interval, parser, progress, save_json, table
from benchmarks.leak import read_sets

__all__ = ["WAYS", "main", "measure", "tasks"]

TRAIN, TEST, WIDTH, EPOCHS = 4000, 2000, 128, 20
GROUPS = 6

WAYS = (
    "concat",
    "LabelEmbedding",
    "LabelBranch gate",
    "LabelGate",
    "FiLM",
    "AdaLNZero",
    "ConditionalBatchNormalization",
    "ConditionalLayerNormalization",
    "dense, shared + per class",
    "dense, per class",
    "dense, low rank",
)

_MODULATING = ("LabelGate", "FiLM", *WAYS[6:8])


def tasks(folder: Path | None) -> dict[str, Callable[[int], tuple[np.ndarray, ...]]]:
    """Return name -> function of a seed that gives features, targets and side label ids."""
    from sklearn.datasets import load_digits

    sets = read_sets(folder)
    digits = load_digits()
    sets["digits"] = (digits.data / 16.0).astype("float32"), digits.target
    found: dict[str, Any] = {}
    if "letter" in sets:
        x, y = sets["letter"]
        found["letter, coarse"] = lambda seed: (x, y, _groups(x, y)[y])
        found["letter, coarse 20 % wrong"] = lambda seed: (
            x,
            y,
            _wrong(_groups(x, y)[y], GROUPS, 0.2, seed),
        )
        found["letter, weak 40 % wrong"] = lambda seed: (x, y, _wrong(y, 26, 0.4, seed))
    for name, side in (("digits", 8), ("notMNIST", 28)):
        if name in sets:
            found[f"{name}, rotated"] = lambda seed, s=sets[name], n=side: _rotated(*s, n, seed)
    return found


def _groups(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    from sklearn.cluster import KMeans

    means = np.stack([x[y == c].mean(0) for c in range(int(y.max()) + 1)])
    return KMeans(GROUPS, n_init=10, random_state=0).fit(means).labels_


def _wrong(ids: np.ndarray, classes: int, rate: float, seed: int) -> np.ndarray:
    rng = np.random.default_rng([seed, 1])
    other = (ids + rng.integers(1, classes, len(ids))) % classes
    return np.where(rng.random(len(ids)) < rate, other, ids)


def _rotated(x: np.ndarray, y: np.ndarray, side: int, seed: int) -> tuple[np.ndarray, ...]:
    turns = np.random.default_rng([seed, 2]).integers(0, 4, len(x))
    images = x.reshape(-1, side, side)
    turned = np.empty_like(images)
    for turn in range(4):
        turned[turns == turn] = np.rot90(images[turns == turn], turn, axes=(1, 2))
    return turned.reshape(x.shape), y, turns


def network(way: str | None, features: int, classes: int, side: Any) -> Any:
    """Return two dense layers, the side label read in one `way` (`None`: plain)."""
    import keras

    from labelfeed import LabelInput, layers

    x = keras.Input((features,), name="features")
    label = LabelInput(side)

    def dense(h: Any) -> Any:
        return keras.layers.Dense(WIDTH, activation="relu")(h)

    if way == "concat":
        hot = keras.layers.CategoryEncoding(side.num_classes, output_mode="one_hot")(label)
        h = dense(dense(keras.layers.Concatenate()([x, hot])))
    elif way == "LabelEmbedding":
        h = dense(dense(layers.LabelEmbedding(16, side)([x, label])))
    elif way == "LabelBranch gate":
        h = dense(layers.LabelBranch(side, merge="gate")([dense(x), label]))
    elif way in _MODULATING:
        h = keras.layers.Dense(WIDTH)(dense(x))
        h = keras.layers.Activation("relu")(getattr(layers, way)(side)([h, label]))
    elif way == "AdaLNZero":
        h = layers.AdaLNZero(side, expansion=1)([dense(x), label])
    elif way is not None:
        kernel = {"dense, per class": "per-class", "dense, low rank": "low-rank"}.get(
            way, "per-class+shared"
        )
        own = layers.LabelConditionalDense(
            WIDTH, side, "relu", kernel=kernel, class_kernel_initializer=None
        )
        h = dense(own([x, label]))
    else:
        h = dense(dense(x))
    out = keras.layers.Dense(classes, activation="softmax")(h)
    return keras.Model(x if way is None else [x, label], out)


def measure(
    x: np.ndarray,
    y: np.ndarray,
    side: np.ndarray,
    seed: int,
    epochs: int = EPOCHS,
    ways: tuple[str, ...] = WAYS,
) -> dict[str, float]:
    """Train every way on one seed; return test accuracies."""
    import keras

    from labelfeed import BayesProduct, LabelSpec

    order = np.random.default_rng(seed).permutation(len(x))
    test = min(TEST, len(x) // 3)
    held, train = order[:test], order[test : test + TRAIN]
    classes = int(y.max()) + 1
    spec = LabelSpec.single(int(side.max()) + 1, name="side")
    found: dict[str, float] = {}
    for way in (None, *ways):
        keras.backend.clear_session()
        keras.utils.set_random_seed(seed)
        model = network(way, x.shape[1], classes, spec)
        model.compile(keras.optimizers.Adam(2e-3), "sparse_categorical_crossentropy")
        inputs = x if way is None else [x, side.astype("int32")]
        of = (lambda rows, v=inputs: v[rows]) if way is None else _pick(inputs)
        model.fit(of(train), y[train], epochs=epochs, batch_size=128, verbose=0)
        scores = model.predict(of(held), verbose=0, batch_size=1024)
        found[way or "plain"] = float((scores.argmax(1) == y[held]).mean())
        if way is None:
            for mode in ("counts", "hard"):
                product = BayesProduct(LabelSpec.single(classes), spec, mode=mode)
                product.fit(y[train], [side[train]])
                right = product.predict(scores, [side[held]]) == y[held]
                found[f"plain x Bayes product, {mode}"] = float(right.mean())
    return found


def _pick(inputs: Any) -> Callable[[np.ndarray], list[np.ndarray]]:
    return lambda rows: [values[rows] for values in inputs]


def main(arguments: list[str] | None = None) -> None:
    """Run every task and print accuracy, paired difference to plain, and wins."""
    made = parser("side", "Side labels known at inference: plain, Bayes product, every layer.")
    made.add_argument("--data", type=Path, metavar="DIR", help="folder of letter and notMNIST")
    made.add_argument("--seeds", type=int, default=5)
    made.add_argument("--epochs", type=int, default=EPOCHS)
    made.add_argument("--task", nargs="+", metavar="NAME", help="only tasks starting so")
    options = made.parse_args(arguments)
    figures: dict[str, Any] = {}
    for name, make in tasks(options.data).items():
        if options.task and not name.startswith(tuple(options.task)):
            continue
        start, runs = time.perf_counter(), []
        for seed in range(options.seeds):
            runs.append(measure(*make(seed), seed, options.epochs))
            progress(f"{name}, seed {seed}: {time.perf_counter() - start:.0f} s")
        figures[name] = runs
        plain = [run["plain"] for run in runs]
        rows = []
        for way in runs[0]:
            got = [run[way] for run in runs]
            wins = sum(b > a for a, b in zip(plain, got, strict=True))
            gap = "-" if way == "plain" else str(paired_interval(plain, got))
            rows.append([way, float(np.mean(got)), gap, f"{wins} of {len(runs)}"])
        rows.sort(key=lambda row: -row[1])
        print(f"\n{name} ({options.seeds} paired seeds)\n")
        header = ["way", "accuracy", "against plain, 95 % interval", "better"]
        print(table(rows, header), flush=True)
    save_json(options.json, {"seeds": options.seeds, "epochs": options.epochs, "tasks": figures})
