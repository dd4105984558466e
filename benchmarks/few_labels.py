"""`python -m benchmarks few-labels`: few labelled rows among many without a label."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.semi_supervised import LabelSpreading, SelfTrainingClassifier

from benchmarks import common, plain_data
from labelfeed.data.dataset import Dataset
from labelfeed.labels.spec import LabelSpec

__all__ = ["SETS", "Rows", "draw", "main"]

# Labelled rows of each set: drawn at random, two of each class at least.
SETS = {"letter": 260, "digits": 50, "phoneme": 50, "mammography": 300, "breast-cancer": 30}
_TEST = 2000
_LEAST = 1e-6  # probability that counts in the log loss


@dataclasses.dataclass(frozen=True, eq=False)
class Rows:
    """Rows to train on, -1 where the label is hidden, and rows of no training that score."""

    x: np.ndarray
    y: np.ndarray
    test: np.ndarray
    target: np.ndarray
    seed: int

    @property
    def classes(self) -> int:
        """Number of classes."""
        return int(self.target.max()) + 1


def draw(x: np.ndarray, y: np.ndarray, labelled: int, free: int, seed: int) -> Rows:
    """Return labelled rows, at most `free` others without a label, and 30 % of all to test."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(x))
    held = order[: min(int(0.3 * len(x)), _TEST)]
    rest = order[len(held) :]
    sure = np.concatenate([rest[y[rest] == c][:2] for c in range(int(y.max()) + 1)])
    others = rest[~np.isin(rest, sure)]
    more = max(labelled - len(sure), 0)
    known, hidden = np.concatenate([sure, others[:more]]), others[more : more + free]
    used = np.concatenate([known, hidden])
    shift, scale = x[used].mean(axis=0), np.maximum(x[used].std(axis=0), 1e-6)
    given = np.concatenate([y[known], np.full(len(hidden), -1)])
    train, test = ((x[at] - shift) / scale for at in (used, held))
    return Rows(train.astype(np.float32), given, test.astype(np.float32), y[held], seed)


def main(argv: list[str] | None = None) -> None:
    """Print balanced accuracy and log loss of each way on the rows that are held out."""
    made = common.parser("few-labels", __doc__ or "")
    made.add_argument("--data", type=Path, help="folder with the files; else OpenML")
    made.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    made.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    made.add_argument("--seeds", type=int, default=3, help="paired seeds (3)")
    made.add_argument("--free", type=int, default=1500, help="rows without a label (1500)")
    options = made.parse_args(argv)
    figures: dict[str, Any] = {}
    for name in options.sets:
        x, y = plain_data.load(name, options.data)
        found: dict[str, list[list[float]]] = {way: [] for way in options.ways}
        for seed in range(options.seeds):
            rows = draw(np.asarray(x, float), np.asarray(y), SETS[name], options.free, seed)
            for way in options.ways:
                start = time.process_time()
                p = np.maximum(WAYS[way](rows), _LEAST)
                p /= p.sum(axis=1, keepdims=True)
                spent = time.process_time() - start
                score = balanced_accuracy_score(rows.target, p.argmax(axis=1))
                loss = -np.log(p[np.arange(len(p)), rows.target]).mean()
                found[way].append([float(score), float(loss), spent])
                common.progress(f"{name} seed {seed} {way}: {score:.3f} {loss:.3f} {spent:.0f} s")
        figures[name] = found
        common.save_json(options.json, figures)
        print(f"\n## {name}: {SETS[name]} labelled rows, {options.seeds} paired seeds\n")
        print(_table(found))


def _table(found: dict[str, list[list[float]]]) -> str:
    lines = []
    for way, own in found.items():
        gain: Any = None
        if way != _PLAIN and _PLAIN in found and len(own) > 1:
            gain = common.paired_interval([s for s, *_ in found[_PLAIN]], [s for s, *_ in own])
        score, loss, spent = np.mean(own, axis=0)
        lines.append([way, float(score), gain, float(loss), f"{spent:.0f}"])
    head = ["way", "balanced accuracy", "gain over plain", "log loss", "processor s"]
    return common.table(lines, head)


def _ours(rows: Rows, semi: bool) -> np.ndarray:
    from labelfeed.options import PlainOptions, SemiSupervisedOptions
    from labelfeed.strategies.blended import fit_blended
    from labelfeed.strategies.blended_unlabelled import fit_blended_unlabelled

    known = np.flatnonzero(rows.y >= 0)
    at = np.arange(len(rows.y)) if semi else known
    spec, labels = LabelSpec.single(rows.classes), rows.y[at].astype(np.int32)
    data = Dataset("arrays", rows.x[at], labels, spec, at, "rows", ("label",))
    if semi:
        made = fit_blended_unlabelled(rows.x, data, SemiSupervisedOptions(seed=rows.seed))
        common.progress(made.said)
    else:
        made = fit_blended(rows.x[at], data, PlainOptions(seed=rows.seed))
    return np.asarray(made.model.predict(rows.test, verbose=0), float)


def _peer(rows: Rows, classifier: Any) -> np.ndarray:
    classifier.fit(rows.x, rows.y)
    p = np.zeros((len(rows.test), rows.classes))
    p[:, classifier.classes_] = np.nan_to_num(classifier.predict_proba(rows.test))
    return p


_PLAIN, _OURS = "plain, labelled rows alone", "semi-supervised"
WAYS: dict[str, Callable[[Rows], np.ndarray]] = {
    _PLAIN: lambda rows: _ours(rows, False),
    _OURS: lambda rows: _ours(rows, True),
    "SelfTraining, logistic": lambda rows: _peer(
        rows, SelfTrainingClassifier(LogisticRegression(max_iter=500))
    ),
    "SelfTraining, forest": lambda rows: _peer(
        rows, SelfTrainingClassifier(RandomForestClassifier(200, random_state=rows.seed))
    ),
    "LabelSpreading, 7 neighbours": lambda rows: _peer(
        rows, LabelSpreading(kernel="knn", max_iter=100)
    ),
    "LabelSpreading, kernel": lambda rows: _peer(
        rows, LabelSpreading(gamma=2 / rows.x.shape[1], max_iter=100)
    ),
}
