"""The regimes of `python -m benchmarks hard`, and the rows of each."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer

from benchmarks import open_set_data
from benchmarks.noisy import planted

__all__ = ["REGIMES", "SETS", "Regime", "Rows", "load", "rows_of"]

SETS = ("letter", "notmnist", "digits", "mammography", "phoneme", "breast")
_CLASSES = ("letter", "notmnist", "digits")  # many classes, where labels can be confused
_TEST = 4000  # rows that score; fewer where there are fewer
_RATIO, _FEWEST = 100, 3  # of the commonest class to the rarest; rows of that one
_FEW = 10  # labels of each class where most rows have none


@dataclasses.dataclass(frozen=True)
class Rows:
    """Training rows of one regime, set and seed, and rows that score.

    Attributes:
        x: Standardised features of the training rows, float32 `(n, d)`.
        y: Their labels, -1 unknown; what a method may see.
        true: Their true labels.
        test: Features of the rows that score.
        target: Their true labels.
        seed: Of the draw, and of whatever trains.
    """

    x: np.ndarray
    y: np.ndarray
    true: np.ndarray
    test: np.ndarray
    target: np.ndarray
    seed: int

    @property
    def classes(self) -> int:
        """Number of classes."""
        return int(max(self.true.max(), self.target.max())) + 1

    def known(self) -> Rows:
        """Return the rows whose label is known."""
        at = self.y >= 0
        return dataclasses.replace(self, x=self.x[at], y=self.y[at], true=self.true[at])


@dataclasses.dataclass(frozen=True)
class Regime:
    """What is hard about labels.

    Attributes:
        sets: Sets that it is of.
        figure: What counts: `"accuracy"` or `"balanced"`.
        ours: The strategy for it.
        labels: `(true, rng) -> labels` of training rows.
        shared: Whether class shares fall to 1:100 in training.
        rows: Training rows, as a share of those asked for.
    """

    sets: tuple[str, ...]
    figure: str
    ours: str
    labels: Callable[[np.ndarray, np.random.Generator], np.ndarray] = lambda true, rng: true
    shared: bool = False
    rows: float = 1.0


def _few(true: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    out = np.full(len(true), -1)
    for c in np.unique(true):
        own = rng.permutation(np.flatnonzero(true == c))[:_FEW]
        out[own] = true[own]
    return out


REGIMES = {
    "imbalance": Regime(SETS, "balanced", "prior-adjusted", shared=True),
    "noise-pair": Regime(
        _CLASSES, "accuracy", "noisy-labels", lambda t, rng: planted(t, "pair", 0.4, rng)
    ),
    "noise-symmetric": Regime(
        _CLASSES, "accuracy", "noisy-labels", lambda t, rng: planted(t, "symmetric", 0.4, rng)
    ),
    "noise-none": Regime(_CLASSES, "accuracy", "noisy-labels"),
    "few-labels": Regime(SETS, "accuracy", "semi-supervised", _few),
    "neighbours": Regime(SETS, "accuracy", "neighbour-labels", rows=0.5),
}


def load(name: str, folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return features `(n, d)` and class ids; of two classes the rarer one is 1."""
    if name in _CLASSES:
        x, y = open_set_data.load(name, folder)
        return x.reshape(len(x), -1), y.astype(int)
    if name == "breast":
        x, y = load_breast_cancer(return_X_y=True)
    else:
        table = pd.read_csv(folder / f"{name}.csv")
        x, y = table.iloc[:, :-1].to_numpy(float), pd.factorize(table.iloc[:, -1])[0]
    return np.asarray(x), (y == np.argmin(np.bincount(y))).astype(int)


def rows_of(regime: Regime, x: np.ndarray, y: np.ndarray, rows: int, seed: int) -> Rows:
    """Draw training rows and rows that score; no more than two thirds of the rows train.

    Args:
        regime: The regime.
        x: All features `(n, d)`.
        y: Class ids `(n,)`.
        rows: Training rows asked for.
        seed: Of every draw.
    """
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(x))
    x, y = np.asarray(x, float)[order], y[order]
    asked = int(min(rows * regime.rows, 2 * len(x) // 3))
    train = _long_tailed(y, asked, rng) if regime.shared else np.arange(asked)
    left = rng.permutation(np.setdiff1d(np.arange(len(x)), train))[:_TEST]
    mean, spread = x[train].mean(axis=0), np.maximum(x[train].std(axis=0), 1e-6)
    scaled = ((x - mean) / spread).astype(np.float32)
    true = y[train]
    return Rows(scaled[train], regime.labels(true, rng), true, scaled[left], y[left], seed)


def _long_tailed(y: np.ndarray, asked: int, rng: np.random.Generator) -> np.ndarray:
    """Return rows of which class shares fall geometrically to 1:100; of two classes 1 is rare."""
    there = np.bincount(y)
    classes = len(there)
    rank = rng.permutation(classes) if classes > 2 else np.arange(2)
    share = _RATIO ** (-rank / (classes - 1))
    most = min(asked / share.sum(), float((2 * there / 3 / share).min()))
    counts = np.maximum(np.round(most * share), _FEWEST).astype(int)
    taken = [np.flatnonzero(y == c)[: counts[c]] for c in range(classes)]
    return rng.permutation(np.concatenate(taken))
