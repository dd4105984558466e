"""`python -m benchmarks leak`: what feeding the own label does, with and without a policy.

Three models from one network size, trained on the same rows: *plain* never sees a label, *naive*
is fed its own label (the label-embedding design as most tutorials write it), *masked* is a
`LabelFedModel` under `Masked(0.5)`. Each seed splits and initialises anew; differences are paired.
"""

from __future__ import annotations

import gzip
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import paired_interval, parser, progress, save_json, table

__all__ = ["main", "measure", "read_sets"]

FILES = "letter-recognition.data, notmnist-images-idx3-ubyte.gz, notmnist-labels-idx1-ubyte.gz"
TRAIN, TEST, EPOCHS, WIDTH = 6000, 3000, 40, 128


def read_sets(folder: Path | None) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return name -> (features as float32, ids); scikit-learn's digits without a folder.

    Args:
        folder: Holds the files of `FILES`: the UCI letters (header row, first column the class)
            and notMNIST in the idx format of MNIST. Missing ones are left out with a line.
    """
    sets: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    if folder is not None:
        letters = folder / "letter-recognition.data"
        if letters.exists():
            rows = np.genfromtxt(letters, delimiter=",", dtype=str, skip_header=1)
            rows = rows[np.char.isalpha(np.char.strip(rows[:, 0], '"'))]
            classes, ids = np.unique(rows[:, 0], return_inverse=True)
            assert len(classes) == 26, classes
            sets["letter"] = rows[:, 1:].astype("float32") / 15.0, ids
        images = folder / "notmnist-images-idx3-ubyte.gz"
        if images.exists():
            labels = (folder / "notmnist-labels-idx1-ubyte.gz").read_bytes()
            pixels = np.frombuffer(gzip.decompress(images.read_bytes()), np.uint8, offset=16)
            ids = np.frombuffer(gzip.decompress(labels), np.uint8, offset=8).astype(int)
            sets["notMNIST"] = pixels.reshape(len(ids), -1).astype("float32") / 255.0, ids
    if not sets:
        from sklearn.datasets import load_digits

        progress(f"No data files: using scikit-learn's digits. --data DIR wants {FILES}.")
        x, y = load_digits(return_X_y=True)
        sets["digits"] = (x / 16.0).astype("float32"), y
    return sets


def measure(x: np.ndarray, y: np.ndarray, seed: int, epochs: int = EPOCHS) -> dict[str, Any]:
    """Train the three models of one seed; return accuracies, audits' verdicts and sizes."""
    import keras

    from labelfeed import LabelFedModel, LabelInput, LabelSpec, Masked
    from labelfeed.audit import audit
    from labelfeed.layers import LabelEmbedding

    order = np.random.default_rng(seed).permutation(len(x))
    test = min(TEST, len(x) // 3)
    train = order[test : test + TRAIN]
    held = order[:test]
    xs, ys, xt, yt = x[train], y[train], x[held], y[held]
    classes = int(y.max()) + 1
    spec = LabelSpec.single(classes)
    out: dict[str, Any] = {"train": len(train), "test": len(held)}

    def fit(model: Any, inputs: Any) -> Any:
        model.compile(keras.optimizers.Adam(2e-3), "sparse_categorical_crossentropy")
        model.fit(inputs, ys, epochs=epochs, batch_size=128, verbose=0)
        return model

    def network(label: Any = None, embedded: Any = None, features: Any = None) -> Any:
        features = keras.Input((x.shape[1],), name="features")
        h = keras.layers.Dense(WIDTH, activation="relu")(features)
        if embedded is not None:
            h = keras.layers.Concatenate()([h, embedded])
        h = keras.layers.Dense(WIDTH, activation="relu")(h)
        scores = keras.layers.Dense(classes, activation="softmax")(h)
        return keras.Model(features if label is None else [features, label], scores)

    def accuracy(scores: Any) -> float:
        return float((np.asarray(scores).argmax(1) == yt).mean())

    keras.utils.set_random_seed(seed)
    plain = fit(network(), xs)
    out["plain"] = accuracy(plain.predict(xt, verbose=0, batch_size=512))
    found = audit(lambda f, _label: plain.predict(f, verbose=0, batch_size=512), xt, yt, spec)
    out["plain audit"] = found.verdict

    keras.utils.set_random_seed(seed)
    label = keras.Input((1,), dtype="int32", name="label")
    # A row more than classes: "unknown" can be fed, but training never met it.
    embedded = keras.layers.Flatten()(keras.layers.Embedding(classes + 1, 16)(label))
    naive = fit(network(label, embedded), [xs, ys[:, None]])

    def fed(ids: np.ndarray) -> float:
        return accuracy(naive.predict([xt, ids[:, None]], verbose=0, batch_size=512))

    wrong = (yt + np.random.default_rng(seed).integers(1, classes, len(yt))) % classes
    out["naive, true label"] = fed(yt)
    out["naive, unknown"] = fed(np.full_like(yt, classes))
    out["naive, wrong label"] = fed(wrong)
    found = audit(naive, xt, yt, spec, unknown_id=classes)
    out["naive audit"] = found.verdict
    out["naive follow rate"] = found.follow[0].follow_rate

    keras.utils.set_random_seed(seed)
    label = LabelInput(spec)
    model = LabelFedModel(network(label, LabelEmbedding(16, spec)(label)), spec, Masked(0.5))
    masked = fit(model, xs)
    out["masked"] = accuracy(masked.predict(xt, verbose=0, batch_size=512))
    out["masked audit"] = audit(masked, xt, yt, spec).verdict
    return out


def main(arguments: list[str]) -> None:
    """Print one table a data set: mean accuracy and the paired difference to the plain model."""
    made = parser("leak", "Plain, naive and masked models on real data, with the audit's verdict.")
    made.add_argument("--data", type=Path, metavar="DIR", help=f"folder with {FILES}")
    made.add_argument("--seeds", type=int, default=5, help="paired seeds (5)")
    made.add_argument("--epochs", type=int, default=EPOCHS, help=f"epochs ({EPOCHS})")
    options = made.parse_args(arguments)
    figures: dict[str, Any] = {}
    for name, (x, y) in read_sets(options.data).items():
        runs = []
        for seed in range(options.seeds):
            start = time.perf_counter()
            runs.append(measure(x, y, seed, options.epochs))
            progress(f"{name}, seed {seed}: {time.perf_counter() - start:.0f} s")
        figures[name] = runs
        of = {key: [run[key] for run in runs] for key in runs[0]}
        rows: list[tuple[Any, ...]] = []
        for key in ("plain", "naive, true label", "naive, unknown", "naive, wrong label", "masked"):
            gap = "" if key == "plain" else paired_interval(of["plain"], of[key])
            verdicts = of[f"{key.split(',')[0]} audit"]
            common = max(set(verdicts), key=verdicts.count)
            audited = f"{common} {verdicts.count(common)}/{len(verdicts)}"
            rows.append((key, float(np.mean(of[key])), gap, audited))
        print(
            f"\n{name}: {of['train'][0]} training rows of {len(x)}, {of['test'][0]} test rows, ",
            end="",
        )
        print(f"{options.epochs} epochs, {options.seeds} seeds; accuracy, 95 % paired interval")
        print(table(rows, ("model", "accuracy", "less plain", "audit")))
        print(f"the naive model follows a wrong label in {np.mean(of['naive follow rate']):.1%}")
    save_json(options.json, {"seeds": options.seeds, "sets": figures})
