"""Labels known because they are present: does training with that pattern pay?

Two models on one and the same plain network: the path of `partial-labels` trained with labels
hidden at random (`Masked("uniform")`), and with `LikeData` of the rates at which labels will be
known. Both are scored on the labels that stay unknown, known ones drawn by those rates and, as a
control, at random with the same overall share.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np

from benchmarks import common
from benchmarks.partial_data import SETS, Parts, split
from labelfeed.labels.spec import LabelSpec
from labelfeed.metrics.probabilities import score
from labelfeed.strategies import partial_labels
from labelfeed.strategies.networks import build_network
from labelfeed.visibility.patterns import LikeData
from labelfeed.visibility.policies import Masked

__all__ = ["main"]

METRICS = ("macro_auc", "log_loss", "calibration_error")


def main(argv: list[str] | None = None) -> None:
    """Print scores of both trainings under both patterns, and their paired differences."""
    made = common.parser("missingness", __doc__ or "")
    made.add_argument("--data", type=Path, help="folder with the files; else from OpenML")
    made.add_argument("--sets", nargs="+", choices=SETS, default=["emotions", "scene"])
    made.add_argument("--seeds", type=int, default=5, help="paired seeds (5)")
    made.add_argument("--epochs", type=int, default=150, help="most epochs of each phase (150)")
    made.add_argument(
        "--rates", nargs=2, type=float, default=[0.1, 0.8], metavar=("ABSENT", "PRESENT"),
        help="chance that a label is known if absent, and if present (.1 .8)",
    )  # fmt: skip
    options = made.parse_args(argv)
    figures: dict[str, Any] = {}
    for name in options.sets:
        found: dict[str, list[dict[str, float]]] = {}
        for seed in range(options.seeds):
            common.progress(f"{name} seed {seed}")
            parts = split(name, options.data, seed)
            for key, scores in _scores(parts, options.rates, options.epochs, seed).items():
                found.setdefault(key, []).append(scores)
        figures[name] = found
        common.save_json(options.json, figures)
        absent, present = options.rates
        print(f"\n## {name}: known if absent {absent:.0%}, if present {present:.0%}\n")
        print(_table(found))


def _scores(parts: Parts, rates: list[float], epochs: int, seed: int) -> dict[str, dict]:
    """Return scores by `"scored under, trained with"`."""
    keras.utils.set_random_seed(seed)
    labels = parts.train[1].shape[1]
    spec = LabelSpec.multi(labels)
    plain = build_network(
        parts.train[0].shape[1:], spec, conditioning=None, width=128, depth=1, dropout=0.3
    )
    pattern = LikeData([rates] * labels)
    x, y = parts.test
    given = {"known because present": pattern.sample(y, seed=seed)}
    share = (given["known because present"] >= 0).mean()
    given["known at random"] = Masked(1 - share).sample(y, seed=seed)
    found = {}
    for trained, visibility in (("at random", Masked("uniform")), ("like the data", pattern)):
        keras.utils.set_random_seed(seed)
        model = partial_labels(spec, plain, visibility=visibility)
        stop = keras.callbacks.EarlyStopping("val_loss", patience=15, restore_best_weights=True)
        model.fit(
            *parts.train, batch_size=64, epochs=epochs, validation_data=parts.validation,
            plain_epochs=epochs if trained == "at random" else 0, callbacks=[stop], verbose=0,
        )  # fmt: skip
        for scored, known in given.items():
            p = model.predict(x, known=known, batch_size=1024, verbose=0)
            scores = score(np.where(known < 0, y, -1), p, spec)
            found[f"{scored}, {trained}"] = {m: getattr(scores, m) for m in METRICS}
    return found


def _table(found: dict[str, list[dict[str, float]]]) -> str:
    rows = []
    for scored in ("known because present", "known at random"):
        pair = [found[f"{scored}, {trained}"] for trained in ("at random", "like the data")]
        for metric in METRICS:
            first, second = ([s[metric] for s in part] for part in pair)
            gain = common.paired_interval(first, second)
            means = (float(np.mean(v)) for v in (first, second))
            rows.append([scored, metric.replace("_", " "), *means, gain])
    head = ["scored where", "metric", "trained at random", "trained like the data", "difference"]
    return common.table(rows, head)
