"""`python -m benchmarks images`: the default network for pictures beside a small Keras CNN.

The peer is the network of Keras's "Simple MNIST convnet" (Chollet 2015) with Adam, stopped early by
the log loss of the same validation rows and with the same most epochs. Ours is what `labelfeed
train` trains, and the same without augmentation (`--augment none`); both are calibrated.
Sets: scikit-learn's digits; the drawn findings of `examples/partial_findings.py`; letters of
notMNIST, where `--data` holds them.
"""

from __future__ import annotations

import gzip
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np
from sklearn.datasets import load_digits
from sklearn.metrics import log_loss, roc_auc_score

from benchmarks import common
from examples import partial_findings as drawn
from labelfeed.data.dataset import Dataset
from labelfeed.labels.spec import LabelSpec
from labelfeed.options import TrainingOptions
from labelfeed.runs.folder import Run
from labelfeed.runs.train import train

__all__ = ["main", "pictures", "scores"]

PEER, BARE, OURS = "small Keras CNN", "labelfeed --augment none", "labelfeed"
_IMAGES, _LABELS = "notmnist-images-idx3-ubyte.gz", "notmnist-labels-idx1-ubyte.gz"


def main(argv: list[str] | None = None) -> None:
    """Print accuracy, AUC, log loss and seconds of each way on each set, over paired seeds."""
    made = common.parser("images", __doc__ or "")
    made.add_argument("--sets", nargs="+", default=["digits", "drawn"], help="and notmnist")
    made.add_argument("--data", type=Path, default=Path(), help="folder of notMNIST's files")
    made.add_argument("--rows", type=int, default=1200, help="pictures of a set, with test (1200)")
    made.add_argument("--epochs", type=int, default=60, help="most epochs (60)")
    made.add_argument("--seeds", type=int, default=1, help="paired seeds (1)")
    options = made.parse_args(argv)
    figures: dict[str, Any] = {}
    for name in options.sets:
        dataset = pictures(name, options.rows, options.data)
        found: dict[str, list[list[float]]] = {way: [] for way in (PEER, BARE, OURS)}
        for seed in range(options.seeds):
            for way, values in _compared(dataset, seed, options.epochs).items():
                found[way].append(values)
                common.progress(f"{name}, seed {seed}, {way}: {np.round(values, 4).tolist()}")
        figures[name] = found
        common.save_json(options.json, figures)
        rows = [[way, *map(float, np.mean(values, axis=0))] for way, values in found.items()]
        header = [f"{name}, {len(dataset)} pictures", "accuracy", "AUC", "log loss", "seconds"]
        print(f"\n{common.table(rows, header)}", flush=True)


def pictures(name: str, rows: int, folder: Path) -> Dataset:
    """Return a set of at most so many pictures.

    Args:
        name: `"digits"`, `"drawn"` or `"notmnist"`.
        rows: Most pictures.
        folder: Where the files of notMNIST are.
    """
    if name == "drawn":
        x, y = drawn.findings(rows, 1)
        spec = LabelSpec.multi(drawn.NAMES, name="findings")
    elif name == "digits":
        x, y = load_digits(return_X_y=True)
        x, spec = x.reshape(-1, 8, 8, 1).astype(np.uint8) * 15, LabelSpec.single(10, name="digit")
    elif name == "notmnist":
        raw = [gzip.decompress((folder / file).read_bytes()) for file in (_IMAGES, _LABELS)]
        x = np.frombuffer(raw[0], np.uint8, offset=16).reshape(-1, 28, 28, 1)
        y = np.frombuffer(raw[1], np.uint8, offset=8)
        spec = LabelSpec.single(list("ABCDEFGHIJ"), name="letter")
    else:
        raise SystemExit(f"There is no set {name!r}; choose digits, drawn or notmnist.")
    chosen = np.sort(np.random.default_rng(0).permutation(len(x))[:rows])
    ids = np.arange(1, len(chosen) + 1)
    return Dataset("arrays", x[chosen], y[chosen].astype(np.int32), spec, ids, name)


def scores(y: np.ndarray, p: np.ndarray) -> list[float]:
    """Return accuracy, AUC (mean of labels, or of classes against the rest) and log loss.

    Args:
        y: `(n,)` classes, or `(n, labels)` of 0 and 1.
        p: Probabilities `(n, classes)` or `(n, labels)`.
    """
    p = np.clip(np.asarray(p, np.float64), 1e-7, 1 - 1e-7)
    if y.ndim == 1:
        auc = roc_auc_score(np.eye(p.shape[1])[y], p)
        return [float((p.argmax(axis=1) == y).mean()), float(auc), float(log_loss(y, p))]
    loss = -np.where(y == 1, np.log(p), np.log1p(-p)).mean()
    return [float(((p > 0.5) == y).mean()), float(roc_auc_score(y, p)), float(loss)]


def _compared(dataset: Dataset, seed: int, epochs: int) -> dict[str, list[float]]:
    ours: dict[str, tuple[Run, float]] = {}
    for way, augment in ((BARE, "none"), (OURS, "light")):
        start = time.perf_counter()
        options = TrainingOptions("plain", augment=augment, seed=seed, epochs=epochs)
        ours[way] = train(dataset, options), time.perf_counter() - start
    run = ours[OURS][0]
    held, test = (run.split[part] for part in ("validation", "test"))
    rest = np.setdiff1d(np.arange(len(dataset)), [*held, *test])
    x, y = run.preprocessor.transform(dataset.features), dataset.labels
    start = time.perf_counter()
    peer = _peer(x[rest], y[rest], (x[held], y[held]), dataset.spec, seed, epochs)
    took = time.perf_counter() - start
    found = {PEER: [*scores(y[test], peer.predict(x[test], verbose=0)), took]}
    for way, (run, seconds) in ours.items():
        found[way] = [*scores(y[test], run.predict(dataset.take(test).features)), seconds]
    return found


def _peer(
    x: np.ndarray, y: np.ndarray, held: Any, spec: LabelSpec, seed: int, epochs: int
) -> keras.Model:
    keras.utils.set_random_seed(seed)
    layers = keras.layers
    network = keras.Sequential(
        [
            keras.Input(x.shape[1:]),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu", padding="same"),
            layers.MaxPooling2D(2, padding="same"),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(spec.num_classes, activation=spec.activation),
        ]
    )
    single = spec.kind == "single"
    network.compile("adam", "sparse_categorical_crossentropy" if single else "binary_crossentropy")
    stop = keras.callbacks.EarlyStopping(patience=10, restore_best_weights=True)
    network.fit(
        x, y, epochs=epochs, batch_size=64, validation_data=held, callbacks=[stop], verbose=0
    )
    return network
