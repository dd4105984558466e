"""Accuracy with a share of the classes in each step, against all of them, on real letters.

Letter recognition (Frey and Slate 1991): 14 of the 16 features; the class is the letter together
with the other two features, the position of the box, as far as such a class has rows enough.
Validation and scores use all classes in every case.
"""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import common

__all__ = ["accuracy", "classes_of", "main"]


def main(arguments: list[str] | None = None) -> None:
    parse = common.parser("class-sampling", __doc__)
    parse.add_argument("--data", type=Path, required=True, help="folder of letter-recognition.data")
    parse.add_argument("--share", type=float, action="append", help="default: 0.5 and 0.1")
    parse.add_argument("--seeds", type=int, default=5)
    parse.add_argument("--epochs", type=int, default=8)
    parse.add_argument("--least", type=int, default=20, help="rows that a class must have")
    args = parse.parse_args(arguments)
    x, y = classes_of(args.data / "letter-recognition.data", args.least)
    ways: list[tuple[float | None, bool]] = [(None, False)]
    for share in args.share or (0.5, 0.1):
        ways += [(share, False), (share, True)]
    scores: dict[Any, list[float]] = {}
    for seed in range(args.seeds):
        for way in ways:
            scores.setdefault(way, []).append(accuracy(x, y, *way, seed, args.epochs))
            common.progress(f"seed {seed} {way}: {scores[way][-1]:.3f}")
    rows = []
    for way, found in scores.items():
        gap = "-" if way[0] is None else common.paired_interval(scores[ways[0]], found)
        share, update = way[0] or 1.0, "drawn rows" if way[1] else "all rows"
        rows.append([f"{share:g}", update, statistics.fmean(found), gap])
    print(f"{len(x)} rows, {y.max() + 1} classes")
    print(common.table(rows, ["share", "update", "accuracy", "less all, 95 % interval"]))
    figures = [{"share": s, "sparse": u, "accuracy": f} for (s, u), f in scores.items()]
    common.save_json(args.json, {"rows": len(x), "classes": int(y.max()) + 1, "scores": figures})


def classes_of(path: Path, least: int) -> tuple[np.ndarray, np.ndarray]:
    """Return features `(n, 14)` and ids of the classes with at least `least` rows."""
    lines = [line.split(",") for line in path.read_text().split()[1:]]
    numbers = np.array([line[1:] for line in lines], np.float32)
    names = [f"{line[0]}-{line[1]}-{line[2]}" for line in lines]
    _, ids, counts = np.unique(names, return_inverse=True, return_counts=True)
    kept = counts[ids] >= least
    new = np.cumsum(counts >= least) - 1
    x = (numbers[kept, 2:] - 7.5) / 4
    return x, new[ids[kept]].astype(np.int32)


def accuracy(
    x: np.ndarray, y: np.ndarray, share: float | None, sparse: bool, seed: int, epochs: int
) -> float:
    """Return the accuracy on a held-out fifth of the rows."""
    import keras

    import labelfeed

    keras.utils.set_random_seed(seed)
    held = np.random.default_rng(seed).random(len(x)) < 0.2
    inputs = keras.Input((x.shape[1],))
    h = keras.layers.Dense(128, activation="relu")(inputs)
    embedder = keras.Model(inputs, keras.layers.Dense(32)(h))
    head = labelfeed.heads.CosFace(int(y.max()) + 1, margin=0.1, scale=16.0, sample=share)
    model = labelfeed.MarginModel(embedder, head, sparse_update=sparse)
    model.compile(keras.optimizers.Adam(0.003))
    model.fit(x[~held], y[~held], batch_size=32, epochs=epochs, verbose=0)
    return float(np.mean(model.predict(x[held], verbose=0).argmax(axis=1) == y[held]))
