"""`python -m benchmarks annotators`: labels of several readers, against votes and Dawid-Skene."""

from __future__ import annotations

import importlib
import importlib.util
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_digits

from benchmarks import common
from benchmarks.noisy import planted
from benchmarks.open_set_data import letters
from labelfeed.estimators.classifier import LabelFedClassifier
from labelfeed.estimators.extra_trees import ExtraTreesMember
from labelfeed.estimators.logistic import LogisticMember
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.noise.agreed import agree
from labelfeed.noise.annotators import consensus, majority
from labelfeed.noise.honest import fit_soft

__all__ = ["READERS", "Read", "main"]

OURS = "labelfeed --annotators"
# By name: the share of wrong labels of each reader, and the share of rows that each labels.
READERS = {
    "3 readers, 10 to 40 % wrong": ((0.1, 0.25, 0.4), 1.0),
    "5 readers, 20 to 45 % wrong, half of the rows each": ((0.2, 0.3, 0.3, 0.4, 0.45), 0.5),
    "2 readers, 15 and 40 % wrong": ((0.15, 0.4), 1.0),
}
SETS = ("letter", "digits", "breast cancer")
_TEST = 3000
_CROWD_KIT = "crowdkit.aggregation.classification.dawid_skene"


class Read:
    """Rows that readers have labelled, and other rows with their true labels."""

    def __init__(
        self, x: np.ndarray, true: np.ndarray, wrong: tuple[float, ...], seen: float, train: int,
        seed: int,
    ) -> None:  # fmt: skip
        """Deal rows into training and test; each reader errs by itself, every other one to pairs.

        Args:
            x: Features of all rows.
            true: Class ids.
            wrong: Share of wrong labels of each reader.
            seen: Share of rows that each reader labels.
            train: Number of training rows, at most two thirds.
            seed: Of all that is drawn.
        """
        rng = np.random.default_rng(seed)
        order = rng.permutation(len(x))
        train = min(train, len(x) * 2 // 3)
        x, true = np.asarray(x, float)[order], np.asarray(true)[order]
        x = (x - x[:train].mean(axis=0)) / np.maximum(x[:train].std(axis=0), 1e-6)
        self.x, self.true = x[:train].astype(np.float32), true[:train]
        self.test, self.target = x[train:][:_TEST].astype(np.float32), true[train:][:_TEST]
        self.seed, self.classes = seed, int(true.max()) + 1
        self.spec = LabelSpec.single(self.classes)
        given = [
            planted(self.true, "pair" if at % 2 else "symmetric", rate, rng)
            for at, rate in enumerate(wrong)
        ]
        told = rng.random((train, len(wrong))) < seen
        self.given = np.where(told, np.stack(given, axis=1), UNKNOWN)
        known = np.maximum(told.sum(axis=0), 1)
        self.wrong = ((self.given != self.true[:, None]) & told).sum(axis=0) / known


def main(argv: list[str] | None = None) -> None:
    """Print accuracy on true labels, right labels of the training rows, and errors of readers."""
    made = common.parser("annotators", __doc__ or "")
    made.add_argument("--data", type=Path, help="folder of letter-recognition.data; else OpenML")
    made.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    made.add_argument("--readers", nargs="+", choices=READERS, default=list(READERS))
    made.add_argument("--seeds", type=int, default=3, help="paired seeds (3)")
    made.add_argument("--rows", type=int, default=1300, help="training rows (1300)")
    options = made.parse_args(argv)
    figures: dict[str, Any] = {}
    for name in options.sets:
        x, true = _set(name, options.data)
        for regime in options.readers:
            found: dict[str, dict[str, list[float]]] = {}
            for seed in range(options.seeds):
                rows = Read(x, true, *READERS[regime], options.rows, seed)
                for peer, way in PEERS.items():
                    start = time.perf_counter()
                    done = way(rows)
                    if done is None:
                        common.progress(f"{peer}: crowd-kit is not installed")
                        continue
                    done["seconds"] = time.perf_counter() - start
                    for figure, value in done.items():
                        found.setdefault(peer, {}).setdefault(figure, []).append(value)
                common.progress(f"{name}, {regime}: seed {seed}")
            figures[f"{name}, {regime}"] = found
            common.save_json(options.json, figures)
            print(f"\n## {name}, {regime}: {options.rows} rows, {options.seeds} paired seeds\n")
            print(_table(found))


def _table(found: dict[str, dict[str, list[float]]]) -> str:
    base = found[OURS]["accuracy"]
    lines = []
    for peer, own in found.items():
        behind: Any = None
        if peer != OURS and len(base) > 1:
            behind = common.paired_interval(own["accuracy"], base)
        right, off = (own.get(figure) for figure in ("right labels", "error rates off by"))
        lines.append([peer, float(np.mean(own["accuracy"])), behind,
                      float(np.mean(right)) if right else None,
                      float(np.mean(off)) if off else None,
                      f"{np.mean(own['seconds']):.0f}"])  # fmt: skip
    head = ["training", "accuracy", "labelfeed over it", "right labels", "error rates off by", "s"]
    return common.table(lines, head)


def _set(name: str, folder: Path | None) -> tuple[np.ndarray, np.ndarray]:
    if name == "letter":
        names, x = letters(folder)
        return x, np.unique(names, return_inverse=True)[1]
    x, true = (load_digits if name == "digits" else load_breast_cancer)(return_X_y=True)
    return np.asarray(x), np.asarray(true)


def _plain() -> Any:
    return [LogisticMember(), ExtraTreesMember()]


def _scores(
    rows: Read, model: LabelFedClassifier, labels: np.ndarray, wrong: np.ndarray | None = None
) -> dict[str, float]:
    p = model.predict_proba(rows.test)
    told = (rows.given != UNKNOWN).any(axis=1)
    done = {
        "accuracy": float((p.argmax(axis=1) == rows.target).mean()),
        "right labels": float((labels == rows.true)[told].mean()),
    }
    if wrong is not None:
        done["error rates off by"] = float(np.abs(wrong - rows.wrong).mean())
    return done


def _hard(rows: Read, labels: np.ndarray) -> LabelFedClassifier:
    model = LabelFedClassifier(_plain(), rows.spec, read=False, seed=rows.seed)
    known = labels != UNKNOWN
    return model.fit(rows.x[known], labels[known])


def _soft(rows: Read, posterior: np.ndarray) -> LabelFedClassifier:
    (column,) = rows.spec.label_columns
    told = (rows.given != UNKNOWN).any(axis=1)
    y = column.labels(np.where(told, 0, UNKNOWN))
    return fit_soft(rows.x, [posterior], y, rows.spec, None, None, _plain(), rows.seed)


def _votes(rows: Read) -> dict[str, float]:
    labels = majority(rows.given, rows.classes)
    known = rows.given != UNKNOWN
    differ = (rows.given != labels[:, None]) & known
    wrong = differ.sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return _scores(rows, _hard(rows, labels), labels, wrong)


def _dawid_skene(rows: Read) -> dict[str, float]:
    found = consensus(rows.given, rows.classes)
    labels = found.posterior.argmax(axis=1)
    return _scores(rows, _soft(rows, found.posterior), labels, found.error_rates(rows.given))


def _crowd_kit(rows: Read) -> dict[str, float] | None:
    """Its Dawid-Skene, whose most probable classes are learned."""
    if importlib.util.find_spec("crowdkit") is None:
        return None
    DawidSkene = importlib.import_module(_CROWD_KIT).DawidSkene

    at, reader = np.nonzero(rows.given != UNKNOWN)
    told = pd.DataFrame({"task": at, "worker": reader, "label": rows.given[at, reader]})
    best = DawidSkene(n_iter=100).fit_predict(told)
    labels = np.full(len(rows.x), UNKNOWN)
    labels[best.index.to_numpy()] = best.to_numpy()
    return _scores(rows, _hard(rows, labels), labels)


def _ours(rows: Read) -> dict[str, float]:
    found, _ = agree(rows.x, rows.given, rows.spec, plain=_plain(), seed=rows.seed)
    labels = found.posterior.argmax(axis=1)
    return _scores(rows, _soft(rows, found.posterior), labels, found.error_rates(rows.given))


PEERS: dict[str, Callable[[Read], dict[str, float] | None]] = {
    OURS: _ours,
    "majority": _votes,
    "Dawid-Skene, soft labels": _dawid_skene,
    "Dawid-Skene of crowd-kit": _crowd_kit,
    "true labels": lambda rows: _scores(rows, _hard(rows, rows.true), rows.true),
}
