"""`python -m benchmarks backbone`: few pictures on a network that was trained on other ones.

The default network is trained on the letters A to E of notMNIST; what its last layer reads is then
the backbone for F to J, of which there are few. Beside it: the default network from scratch. No
network trained on photographs is part of this; its weights would have to be downloaded.
"""

from __future__ import annotations

import dataclasses
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import common
from benchmarks.images import pictures, scores
from labelfeed.data.dataset import Dataset
from labelfeed.labels.spec import LabelSpec
from labelfeed.options import TrainingOptions
from labelfeed.runs.train import train

__all__ = ["main"]

_ALL = 10_000
WAYS: dict[str, dict[str, Any]] = {
    "default network": {},
    "backbone, blend": {"backbone": True},
    "backbone, one network": {"backbone": True, "plain": "network"},
    "backbone, fine-tuned 10 epochs": {"backbone": True, "fine_tune": 10},
}


def main(argv: list[str] | None = None) -> None:
    """Print accuracy, AUC, log loss and seconds of each way, over paired seeds."""
    made = common.parser("backbone", __doc__ or "")
    made.add_argument("--data", type=Path, default=Path(), help="folder of notMNIST's files")
    made.add_argument("--before", type=int, default=3000, help="letters A to E (3000)")
    made.add_argument("--rows", type=int, default=200, help="training letters F to J (200)")
    made.add_argument("--epochs", type=int, default=60, help="most epochs (60)")
    made.add_argument("--seeds", type=int, default=1, help="paired seeds (1)")
    options = made.parse_args(argv)
    letters = pictures("notmnist", _ALL, options.data)
    first = _letters(letters, "ABCDE", options.before)
    second = _letters(letters, "FGHIJ", _ALL)
    figures: dict[str, list[list[float]]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "letters.keras")
        train(first, TrainingOptions("plain", epochs=options.epochs)).model.save(place)
        for seed in range(options.seeds):
            some = np.random.default_rng(seed).permutation(len(second))
            known, test = second.take(some[: options.rows]), second.take(some[options.rows :])
            for way, given in WAYS.items():
                chosen = {**given, "backbone": str(place)} if given else {}
                start = time.perf_counter()
                asked = TrainingOptions(
                    "plain", test_share=0.0, seed=seed, given=chosen,
                    **({} if way == "backbone, blend" else {"epochs": options.epochs}),
                )  # fmt: skip
                run = train(known, asked)
                took = time.perf_counter() - start
                figures[way].append([*scores(test.labels, run.predict(test.features)), took])
                common.progress(f"seed {seed}, {way}: {np.round(figures[way][-1], 4).tolist()}")
                common.save_json(options.json, figures)
    rows = [[way, *map(float, np.mean(values, axis=0))] for way, values in figures.items()]
    header = [f"{options.rows} letters F to J", "accuracy", "AUC", "log loss", "seconds"]
    print(f"\n{common.table(rows, header)}", flush=True)


def _letters(letters: Dataset, names: str, rows: int) -> Dataset:
    ids = np.array(["ABCDEFGHIJ".index(name) for name in names])
    chosen = letters.take(np.flatnonzero(np.isin(letters.labels, ids))[:rows])
    labels = np.searchsorted(ids, chosen.labels).astype(np.int32)
    return dataclasses.replace(chosen, labels=labels, spec=LabelSpec.single(list(names)))
