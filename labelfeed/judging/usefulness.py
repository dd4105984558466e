"""What synthetic rows are worth to a classifier: alone, and put beside real ones."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from labelfeed.judging.estimate import Estimate
from labelfeed.results import Result

__all__ = ["Trained", "Usefulness", "usefulness"]

_DRAWS = 200
_MOST_BINS = 255
_MANY, _ROUNDS, _ROUNDS_OF_MANY = 10, 100, 60  # of many classes each round grows as many trees


@dataclasses.dataclass(frozen=True)
class Trained(Result):
    """What a classifier trained on some rows scores on real held-out rows.

    Attributes:
        on: `"real"`, `"synthetic"`, `"real + synthetic"` or `"real, oversampled"`.
        rows: Training rows.
        balanced_accuracy: Mean recall of the classes.
        auc: Macro-average of the areas under the ROC curves, one class against the rest.
    """

    on: str
    rows: int
    balanced_accuracy: float
    auc: float


@dataclasses.dataclass(frozen=True)
class Usefulness(Result):
    """Boosted trees trained on real, synthetic and both, scored on the same real held-out rows.

    Attributes:
        target: Name of the label.
        trained: A row for each of the four trainings.
        alone: Balanced accuracy of synthetic rows alone less that of real rows.
        over_real: Real and synthetic rows, less real rows.
        over_oversampled: Real and synthetic rows, less real rows with rare classes repeated.
        auc_over_real: Macro-AUC of real and synthetic rows, less that of real rows.
        auc_over_oversampled: The same, less that of repeated rows.
    """

    target: str
    trained: tuple[Trained, ...]
    alone: Estimate
    over_real: Estimate
    over_oversampled: Estimate
    auc_over_real: Estimate
    auc_over_oversampled: Estimate

    def scored(self, on: str) -> Trained:
        """Return the scores of one of the trainings.

        Args:
            on: As `Trained.on`.
        """
        return next(one for one in self.trained if one.on == on)


def usefulness(
    target: str,
    train: tuple[np.ndarray, np.ndarray],
    held_out: tuple[np.ndarray, np.ndarray],
    synthetic: tuple[np.ndarray, np.ndarray],
    more: tuple[np.ndarray, np.ndarray],
    of_words: np.ndarray,
    seed: int,
    known: Mapping[str, np.ndarray] | None = None,
) -> Usefulness | None:
    """Return what synthetic rows are worth to boosted trees.

    Intervals are of the held-out rows: they are drawn again 200 times, the same for all trainings.

    Reference: train on synthetic, test on real: Esteban et al. (2017).

    Args:
        target: Name of the label.
        train: Codes `(n, d)` as of `Coder.codes` and class ids `(n,)` of the training rows.
        held_out: The same of rows that no generator has seen.
        synthetic: The same of synthetic rows, to train on alone.
        more: Synthetic rows that are put beside the real ones.
        of_words: Bool `(d,)`: which columns are words.
        seed: Of the trees and draws.
        known: Probabilities of the trainings on `"real"` and `"real, oversampled"`, from an
            earlier call with the same rows and seed; filled in where empty.

    Returns:
        `None` where fewer than two classes are in the training or in the held-out rows.
    """
    x, y = held_out
    x, y = x[y >= 0], y[y >= 0]
    classes = np.unique(y)
    if len(classes) < 2 or len(np.unique(train[1][train[1] >= 0])) < 2:
        return None
    rows = {
        "real": _labelled(*train),
        "synthetic": _labelled(*synthetic),
        "real + synthetic": _labelled(*(np.concatenate(p) for p in zip(train, more, strict=True))),
        "real, oversampled": _oversampled(*_labelled(*train), seed),
    }
    size = int(max(train[1].max(), y.max())) + 1
    kept: dict[str, np.ndarray] = dict(known or {})
    for on, (features, labels) in rows.items():
        if on not in kept:
            kept[on] = _probabilities(features, labels, x, size, of_words, seed)
    if isinstance(known, dict):
        known.update({on: kept[on] for on in ("real", "real, oversampled")})
    rng = np.random.default_rng(seed)
    draws = [rng.integers(0, len(y), len(y)) for _ in range(_DRAWS)]
    accuracy = {on: _recalls(p.argmax(axis=1), y, classes, draws) for on, p in kept.items()}
    areas = {on: _areas(p, y, classes, draws) for on, p in kept.items()}
    trained = tuple(
        Trained(on, len(rows[on][1]), float(accuracy[on][0]), float(areas[on][0])) for on in rows
    )
    both = "real + synthetic"
    return Usefulness(
        target,
        trained,
        _difference(accuracy["synthetic"], accuracy["real"]),
        _difference(accuracy[both], accuracy["real"]),
        _difference(accuracy[both], accuracy["real, oversampled"]),
        _difference(areas[both], areas["real"]),
        _difference(areas[both], areas["real, oversampled"]),
    )


def _labelled(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return x[y >= 0], y[y >= 0]


def _oversampled(x: np.ndarray, y: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows with those of rarer classes repeated until all classes are as frequent."""
    rng = np.random.default_rng(seed)
    counts = np.bincount(y)
    more = [
        rng.choice(np.flatnonzero(y == c), counts.max() - counts[c])
        for c in np.flatnonzero(counts)
        if counts[c] < counts.max()
    ]
    at = np.concatenate([np.arange(len(y)), *more])
    return x[at], y[at]


def _probabilities(
    x: np.ndarray, y: np.ndarray, test: np.ndarray, size: int, of_words: np.ndarray, seed: int
) -> np.ndarray:
    """Return `(rows, size)`; a class that was not there to be learned has none."""
    out = np.zeros((len(test), size))
    found = np.unique(y)
    if len(found) < 2:
        out[:, found] = 1.0
        return out
    words = of_words & (np.nanmax(np.nan_to_num(np.concatenate([x, test])), axis=0) < _MOST_BINS)
    rounds = _ROUNDS if len(found) <= _MANY else _ROUNDS_OF_MANY
    trees = HistGradientBoostingClassifier(
        max_iter=rounds, early_stopping=False, categorical_features=words, random_state=seed
    ).fit(x, y)
    out[:, trees.classes_] = trees.predict_proba(test)
    return out


def _recalls(
    found: np.ndarray, y: np.ndarray, classes: np.ndarray, draws: list[np.ndarray]
) -> np.ndarray:
    """Return the balanced accuracy of all rows, then of each draw."""
    size, right = int(classes.max()) + 1, found == y
    scores = []
    for at in [np.arange(len(y)), *draws]:
        rows = np.bincount(y[at], minlength=size)[classes]
        hits = np.bincount(y[at], weights=right[at], minlength=size)[classes]
        scores.append((hits[rows > 0] / rows[rows > 0]).mean())
    return np.array(scores)


def _areas(
    p: np.ndarray, y: np.ndarray, classes: np.ndarray, draws: list[np.ndarray]
) -> np.ndarray:
    """Return the macro-AUC of all rows, then of each draw, by weights of rows sorted once."""
    total = np.zeros(len(draws) + 1)
    weights = np.stack([np.bincount(at, minlength=len(y)) for at in [np.arange(len(y)), *draws]])
    counted = np.zeros(len(draws) + 1)
    for c in classes:
        order = np.argsort(p[:, c], kind="stable")
        _, group = np.unique(p[order, c], return_inverse=True)
        yes = weights[:, order] * (y[order] == c)
        no = weights[:, order] - yes
        steps = np.flatnonzero(np.diff(group, prepend=-1))
        yes, no = (np.add.reduceat(w, steps, axis=1) for w in (yes, no))
        below = np.cumsum(no, axis=1) - no / 2
        pairs = yes.sum(axis=1) * no.sum(axis=1)
        there = pairs > 0
        total[there] += (yes * below).sum(axis=1)[there] / pairs[there]
        counted += there
    return total / np.maximum(counted, 1)


def _difference(one: np.ndarray, other: np.ndarray) -> Estimate:
    gap = one - other
    low, high = np.quantile(gap[1:], [0.025, 0.975])
    return Estimate(float(gap[0]), float(low), float(high))
