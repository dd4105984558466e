"""`python -m benchmarks noisy`: labels with planted errors, repaired or not, on the same rows."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.datasets import load_digits

from benchmarks import common
from benchmarks.open_set_data import letters
from labelfeed.estimators.classifier import LabelFedClassifier
from labelfeed.estimators.column_math import probabilities_of
from labelfeed.estimators.extra_trees import ExtraTreesMember
from labelfeed.estimators.logistic import LogisticMember
from labelfeed.labels.spec import LabelSpec
from labelfeed.noise.honest import ColumnNoise, find_noise, fit_soft

__all__ = ["REGIMES", "Rows", "main", "planted", "without_issues"]

REGIMES = {
    "letter, pair flips 40 %": ("letter", "pair", 0.4),
    "digits, symmetric 40 %": ("digits", "symmetric", 0.4),
    "letter, no noise": ("letter", "pair", 0.0),
    "digits, no noise": ("digits", "symmetric", 0.0),
}
OURS = "noisy-labels"
TEST = 4000  # rows that score, with their true labels; fewer where there are fewer


class Rows:
    """Rows of one regime and seed: labels `given` to train on, `true` ones to judge the repair."""

    def __init__(self, x: np.ndarray, true: np.ndarray, given: np.ndarray, train: int, seed: int):
        """Cut into training and test rows; features are standardised on training rows."""
        x = (x - x[:train].mean(axis=0)) / np.maximum(x[:train].std(axis=0), 1e-6)
        self.x, self.given, self.true = x[:train].astype(np.float32), given[:train], true[:train]
        self.test, self.target = x[train:][:TEST].astype(np.float32), true[train:][:TEST]
        self.classes, self.seed, self.epochs = int(true.max()) + 1, seed, 40
        self.spec = LabelSpec.single(self.classes)
        self._found: ColumnNoise | None = None

    def noise(self) -> ColumnNoise:
        """Return what `find_noise` finds, once for all that need it."""
        if self._found is None:
            (self._found,) = find_noise(self.x, self.y, self.spec, plain=_plain(), seed=self.seed)
        return self._found

    @property
    def y(self) -> np.ndarray:
        """The given labels, one-hot."""
        return np.eye(self.classes, dtype=int)[self.given]


def planted(true: np.ndarray, kind: str, rate: float, rng: np.random.Generator) -> np.ndarray:
    """Return labels of which `rate` are wrong: the next class (`"pair"`), or any other."""
    classes = int(true.max()) + 1
    step = 1 if kind == "pair" else rng.integers(1, classes, len(true))
    return np.where(rng.random(len(true)) < rate, (true + step) % classes, true)


def main(argv: list[str] | None = None) -> None:
    """Print the accuracy on true labels, what it gains, and how right the repaired labels are."""
    made = common.parser("noisy", __doc__ or "")
    made.add_argument("--data", type=Path, help="folder of letter-recognition.data; else OpenML")
    made.add_argument("--regimes", nargs="+", choices=REGIMES, default=list(REGIMES))
    made.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    made.add_argument("--seeds", type=int, default=3, help="paired seeds (3)")
    made.add_argument("--epochs", type=int, default=40, help="of the networks (40)")
    made.add_argument("--rows", type=int, default=1000, help="training rows (1000)")
    options = made.parse_args(argv)
    figures: dict[str, Any] = {}
    for name in options.regimes:
        found: dict[str, dict[str, list[float]]] = {p: {} for p in options.peers}
        for seed in range(options.seeds):
            rows = _rows(name, options.data, options.rows, seed)
            rows.epochs = options.epochs
            for peer in options.peers:
                start = time.perf_counter()
                done = PEERS[peer](rows)
                if done is None:
                    common.progress(f"{peer}: cleanlab is not installed")
                    continue
                done["seconds"] = time.perf_counter() - start
                for figure, value in done.items():
                    found[peer].setdefault(figure, []).append(value)
                said = ", ".join(f"{k} {v:.3f}" for k, v in done.items())
                common.progress(f"{name} seed {seed} {peer}: {said}")
        figures[name] = found
        common.save_json(options.json, figures)
        print(f"\n## {name}: {options.rows} training rows, {options.seeds} paired seeds\n")
        print(_table({peer: own for peer, own in found.items() if own}))


def _table(found: dict[str, dict[str, list[float]]]) -> str:
    base = found.get("as given")
    lines = []
    for peer, own in found.items():
        gain: Any = None
        if base is not None and peer != "as given" and len(own["accuracy"]) > 1:
            gain = common.paired_interval(base["accuracy"], own["accuracy"])
        repaired = own.get("right labels")
        right = float(np.mean(repaired)) if repaired else None
        lines.append([peer, float(np.mean(own["accuracy"])), gain, right,
                      f"{np.mean(own['seconds']):.0f}"])  # fmt: skip
    head = ["training", "accuracy", "gain over as given", "right labels after", "s a seed"]
    return common.table(lines, head)


def _rows(name: str, folder: Path | None, train: int, seed: int) -> Rows:
    of, kind, rate = REGIMES[name]
    if of == "letter":
        names, x = letters(folder)
        true = np.unique(names, return_inverse=True)[1]
    else:
        x, true = load_digits(return_X_y=True)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(x))
    x, true = np.asarray(x, float)[order], np.asarray(true)[order]
    return Rows(x, true, planted(true, kind, rate, rng), train, seed)


def _plain() -> list[Any]:
    return [LogisticMember(), ExtraTreesMember()]


def _blend(
    rows: Rows, labels: np.ndarray, keep: np.ndarray | None = None, plain: Any = None
) -> LabelFedClassifier:
    at = np.arange(len(labels)) if keep is None else np.flatnonzero(keep)
    model = LabelFedClassifier(plain or _plain(), rows.spec, read=False, seed=rows.seed)
    return model.fit(rows.x[at], labels[at])


def _accuracy(rows: Rows, p: np.ndarray) -> float:
    return float((p.argmax(axis=1) == rows.target).mean())


def _as_given(rows: Rows) -> dict[str, float]:
    p = _blend(rows, rows.given).predict_proba(rows.test)
    return {"accuracy": _accuracy(rows, p), "right labels": float((rows.given == rows.true).mean())}


def _on_true(rows: Rows) -> dict[str, float]:
    return {"accuracy": _accuracy(rows, _blend(rows, rows.true).predict_proba(rows.test))}


def _ours(rows: Rows) -> dict[str, float]:
    found = rows.noise()
    if found.found:
        model = fit_soft(
            rows.x, [found.posterior], rows.y, rows.spec, None, None, _plain(), rows.seed
        )
    else:
        model = _blend(rows, rows.given)
    right = float((found.suggestion == rows.true).mean())
    return {"accuracy": _accuracy(rows, model.predict_proba(rows.test)), "right labels": right}


def without_issues(rows: Rows, plain: Any = None) -> np.ndarray | None:
    """Return probabilities of the test rows where cleanlab's issues are left out of training."""
    found = _issues(rows, plain)
    if found is None:
        return None
    return _blend(rows, rows.given, ~found[0], plain).predict_proba(rows.test)


def _issues(rows: Rows, plain: Any = None) -> tuple[np.ndarray, np.ndarray] | None:
    """Return which rows cleanlab finds issues in, and out-of-fold probabilities of all."""
    try:
        from cleanlab.filter import find_label_issues
    except ImportError:
        return None
    first = _blend(rows, rows.given, plain=plain)
    p = probabilities_of(first.out_of_fold_logits(), rows.spec)
    return find_label_issues(rows.given, p, n_jobs=1), p


def _cleanlab(rows: Rows) -> dict[str, float] | None:
    """Rows that cleanlab finds issues in are left out; its peer of repairing is their argmax."""
    found = _issues(rows)
    if found is None:
        return None
    issue, p = found
    model = _blend(rows, rows.given, ~issue)
    repaired = np.where(issue, p.argmax(axis=1), rows.given)
    right = float((repaired == rows.true).mean())
    return {"accuracy": _accuracy(rows, model.predict_proba(rows.test)), "right labels": right}


def _network(rows: Rows, loss: str) -> dict[str, float]:
    import keras

    from labelfeed import strategies

    keras.utils.set_random_seed(rows.seed)
    if loss == "crossentropy":
        model = strategies.plain(rows.spec, rows.x.shape[1:])
    else:
        matrix = None
        if loss == "forward":
            matrix = rows.noise().matrix
        model = strategies.noisy_labels(rows.spec, rows.x.shape[1:], matrix=matrix)
    model.fit(rows.x, rows.given, epochs=rows.epochs, batch_size=64, verbose=0)
    return {"accuracy": _accuracy(rows, model.predict(rows.test, verbose=0))}


PEERS: dict[str, Callable[[Rows], dict[str, float] | None]] = {
    "as given": _as_given,
    OURS: _ours,
    "cleanlab, issues left out": _cleanlab,
    "network": lambda rows: _network(rows, "crossentropy"),
    "network, GCE": lambda rows: _network(rows, "gce"),
    "network, forward T": lambda rows: _network(rows, "forward"),
    "true labels": _on_true,
}
