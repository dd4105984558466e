"""Trees as peers in `python -m benchmarks partial`: known labels as columns, or naive Bayes.

They take features as they stand in the data, gaps included, and end up trained on training and
validation rows; the latter first choose how many trees, or how large leaves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from benchmarks.partial_data import Parts
from labelfeed.labels.pairwise import pairwise_log_odds

__all__ = [
    "Predict",
    "boosted_naive_bayes",
    "boosted_trees",
    "extra_trees",
    "masked_copies",
    "times_naive_bayes",
]

Predict = Callable[[np.ndarray, np.ndarray], np.ndarray]
_COPIES = 4
_ITERATIONS = 100
_TREES = 200
_LEAVES = (4, 12, 40)  # rows in a leaf, of copies
_ASKED = 12  # labels that choose among them


def masked_copies(
    x: np.ndarray, y: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return copies of rows, their known labels with NaN where masked, and all their labels.

    The first copy knows nothing; of the others a share of labels is masked that is drawn for each
    row from [0, 1].
    """
    rate = rng.random((_COPIES * len(x), 1))
    rate[: len(x)] = 1.0
    x, y = np.tile(x, (_COPIES, 1)), np.tile(y, (_COPIES, 1))
    return x, np.where(rng.random(y.shape) >= rate, y, np.nan), y


def boosted_trees(parts: Parts, seed: int) -> Predict:
    """One histogram boosting a label: features and other labels as columns, NaN where unknown."""
    train, held = _copies(parts, seed)
    return _by_label(parts, _boosted(parts, lambda i: (_beside(train, i), _beside(held, i)), seed))


def boosted_naive_bayes(parts: Parts, seed: int) -> Predict:
    """One histogram boosting a label on features alone, its odds times those of known labels."""
    (y, held_y), (x, held_x) = (parts.train[1], parts.validation[1]), parts.raw[:2]
    models = _boosted(parts, lambda i: ((x, y[:, i]), (held_x, held_y[:, i])), seed)
    plain = _columns(models, [parts.raw[2]] * y.shape[1])
    return times_naive_bayes(plain, np.concatenate([y, held_y]))


def times_naive_bayes(plain: np.ndarray, y: np.ndarray) -> Predict:
    """Return what multiplies the odds of test rows by those that known labels add to them.

    Args:
        plain: Probabilities `(n, labels)` of the test rows, from features alone.
        y: The labels of training, 0 and 1, whose pairs are counted.
    """
    tables = pairwise_log_odds(y).astype(np.float64)
    plain = np.clip(plain, 1e-6, 1 - 1e-6)

    def predict(x: np.ndarray, known: np.ndarray) -> np.ndarray:
        evidence = (known == 0) @ tables[0] + (known == 1) @ tables[1]
        return 1 / (1 + np.exp(np.clip(-np.log(plain / (1 - plain)) - evidence, -500, 500)))

    return predict


def extra_trees(parts: Parts, seed: int) -> Predict:
    """Extra trees for each label: features and other labels as columns, NaN where unknown."""
    train, held = _copies(parts, seed)

    def forest(trees: int, leaf: int) -> Any:
        return ExtraTreesClassifier(trees, min_samples_leaf=leaf, random_state=seed)

    with threadpool_limits(1):
        labels = np.flatnonzero(_both(parts.train[1]))
        losses = np.zeros(len(_LEAVES))
        for label in np.random.default_rng(seed).permutation(labels)[:_ASKED]:
            (x, y), (held_x, held_y) = _beside(train, label), _beside(held, label)
            for i, leaf in enumerate(_LEAVES):
                p = forest(_TREES // 4, leaf).fit(x, y).predict_proba(held_x)[:, 1]
                losses[i] -= np.log(np.clip(np.where(held_y, p, 1 - p), 1e-3, 1)).mean()
    leaf = _LEAVES[int(losses.argmin())]
    both = [np.concatenate(pair) for pair in zip(train, held, strict=True)]
    return _by_label(parts, _fitted(parts, lambda i: forest(_TREES, leaf).fit(*_beside(both, i))))


def _copies(parts: Parts, seed: int) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    rows = zip(parts.raw, (parts.train, parts.validation), strict=False)
    train, held = (masked_copies(x, y, rng) for x, (_, y) in rows)
    return train, held


def _beside(copies: Any, label: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the features with the other labels beside them, and the label."""
    x, known, y = copies
    return np.column_stack([x, np.delete(known, label, axis=1)]), y[:, label]


def _boosted(parts: Parts, rows: Callable[[int], Any], seed: int) -> list[Any]:
    """Fit all rows, as many iterations as the mean loss of all labels on validation rows wants.

    A label with few positives stops too early by itself: that cost 2 to 4 points of AUC on birds.

    Args:
        parts: Rows of the seed.
        rows: What of a label returns training rows and validation rows, each features and label.
        seed: Of the trees.
    """

    def booster(iterations: int, **more: Any) -> Any:
        return HistGradientBoostingClassifier(
            max_iter=iterations, max_leaf_nodes=6, l2_regularization=1.0, max_bins=63,
            max_features=0.5, random_state=seed, **more,
        )  # fmt: skip

    losses = np.zeros(_ITERATIONS)
    with threadpool_limits(1):  # small trees: threads cost more than they bring
        for label in np.flatnonzero(_both(parts.train[1])):
            (x, y), (held_x, held_y) = rows(label)
            # Scored after each iteration, and never stopped.
            watched = booster(_ITERATIONS, early_stopping=True, n_iter_no_change=_ITERATIONS)
            losses -= watched.fit(x, y, X_val=held_x, y_val=held_y).validation_score_[1:]
    best = int(losses.argmin()) + 1

    def fit(label: int) -> Any:
        x, y = (np.concatenate(pair) for pair in zip(*rows(label), strict=True))
        return booster(best, early_stopping=False).fit(x, y)

    return _fitted(parts, fit)


def _fitted(parts: Parts, fit: Callable[[int], Any]) -> list[Any]:
    """Return a model for each label; its share of yes where training rows have one state only."""
    y = parts.train[1]
    with threadpool_limits(1):
        return [
            fit(i) if both else (y[:, i].sum() + 0.5) / (len(y) + 1)
            for i, both in enumerate(_both(y))
        ]


def _both(y: np.ndarray) -> np.ndarray:
    """Return which labels `(n, labels)` have both states."""
    return (y.min(axis=0) == 0) & (y.max(axis=0) == 1)


def _by_label(parts: Parts, models: list[Any]) -> Predict:
    def predict(x: np.ndarray, known: np.ndarray) -> np.ndarray:
        given = np.where(known < 0, np.nan, known)
        wide = [
            np.column_stack([parts.raw[2], np.delete(given, i, axis=1)]) for i in range(len(models))
        ]
        return _columns(models, wide)

    return predict


def _columns(models: list[Any], x: list[np.ndarray]) -> np.ndarray:
    with threadpool_limits(1):
        return np.column_stack(
            [
                np.full(len(rows), model) if isinstance(model, float) else _yes(model, rows)
                for model, rows in zip(models, x, strict=True)
            ]
        )


def _yes(model: Any, x: np.ndarray) -> np.ndarray:
    found: np.ndarray = model.predict_proba(x)[:, 1]
    return found
