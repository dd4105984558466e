"""Labels drawn at random, and what anybody can score on them at most without reading them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy import stats

from labelfeed.audit.probes import Chance
from labelfeed.labels.spec import LabelSpec

__all__ = ["above_chance", "best_blind", "convicts", "random_labels"]

_CROSSENTROPIES = ("binarycrossentropy", "categoricalcrossentropy", "sparsecategoricalcrossentropy")
_LEAST_EXCESS = 0.02  # of an accuracy
_LEAST_SHARE = 0.1  # of a cross-entropy


def random_labels(
    ids: np.ndarray, spec: LabelSpec, rows: int, rng: np.random.Generator
) -> np.ndarray:
    """Return labels of as many rows, each column drawn by itself from its known values.

    So they tell nothing of the features, nor of each other.

    Args:
        ids: Encoded labels to draw from.
        spec: Their spec.
        rows: How many.
        rng: The draws.

    Example:
        >>> y = np.array([0, 1, 2, -1])
        >>> drawn = random_labels(y, LabelSpec.single(3), 50, np.random.default_rng(0))
        >>> drawn.shape, bool((drawn >= 0).all())
        ((50,), True)
    """
    out = np.full((rows, *ids.shape[1:]), -1, ids.dtype)
    for column in spec.label_columns:
        known = np.flatnonzero(column.ids(ids) >= 0)
        if not len(known):
            continue
        drawn = rng.choice(known, rows)
        if ids.ndim == 1:
            out[:] = ids[drawn]
        else:
            places = list(column.places)
            out[:, places] = ids[drawn][:, places]
    return out


def best_blind(
    ids: np.ndarray, spec: LabelSpec, twins: np.ndarray | None = None
) -> tuple[float, float]:
    """Return the best accuracy, and the least cross-entropy, of who does not read these labels.

    Even one who has learned them by heart says the same of rows that are equal.

    Args:
        ids: Encoded labels `(n,)` or `(n, num_labels)`; all known, or -1.
        spec: Their spec.
        twins: A number for each row, the same for rows whose features are equal; all are when
            `None`, as for somebody who has not seen these labels.

    Returns:
        Accuracy and nats, a mean over labels as Keras takes it.

    Example:
        >>> best_blind(np.array([0, 0, 0, 1]), LabelSpec.single(2))[0]
        0.75
    """
    group = np.zeros(len(ids), int) if twins is None else twins
    cells = ids[:, None] if ids.ndim == 1 else ids
    count = max(int((cells >= 0).sum()), 1)
    right = sum(_table(values, group).max(axis=1, initial=0).sum() for values in cells.T)
    nats = 0.0
    for column in spec.label_columns:  # the places of a column of classes tell each other
        table = _table(column.ids(ids), group)
        share = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
        nats -= (table * np.log(np.where(share > 0, share, 1))).sum()
    return float(right / count), float(nats / count)


def above_chance(
    logs: Mapping[str, Any],
    loss: object,
    best: tuple[float, float],
    scored: float,
    what: str,
) -> tuple[Chance, ...]:
    """Return the scores in Keras's logs that can be compared with chance.

    Accuracies of hidden labels; where there is none, the loss, if it is a plain cross-entropy.

    Args:
        logs: Names and values.
        loss: As the model was compiled with it.
        best: As from `best_blind`.
        scored: About how many labels they are a mean of.
        what: `"training"` or `"evaluate"`, for the name.

    Example:
        >>> (found,) = above_chance({"accuracy": 0.99}, None, (0.5, 0.69), 200, "training")
        >>> found.what, found.p_value < 1e-9
        ('training accuracy', True)
    """
    found = []
    for name, value in logs.items():
        own = name.startswith(("val_", "shown")) or "top_k" in name
        if own or not (name == "acc" or name.endswith("accuracy")):
            continue
        chance = best[0]
        hits = math.floor(float(value) * scored)
        p_value = float(stats.binom.sf(hits - 1, math.floor(scored), chance))
        found.append(Chance(f"{what} {name}", float(value), chance, p_value))
    if not found and "loss" in logs and _is_crossentropy(loss):
        # P(q(y) / p(y) >= 1 / a) <= a for whatever q somebody says who does not read y (Markov)
        value, least = float(logs["loss"]), best[1]
        found.append(
            Chance(f"{what} loss", value, least, math.exp(min(0.0, scored * (value - least))))
        )
    return tuple(found)


def convicts(score: Chance, alpha: float) -> bool:
    """Return whether a score is above chance, significantly so and by enough to matter."""
    if score.p_value > alpha:
        return False
    if score.what.endswith("loss"):
        return score.score < score.chance * (1 - _LEAST_SHARE)
    return score.score >= score.chance + _LEAST_EXCESS


def _table(values: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return how often each known value is, for each group."""
    known = values >= 0
    _, inside = np.unique(group[known], return_inverse=True)
    table = np.zeros((inside.max(initial=-1) + 1, int(values.max(initial=0)) + 1))
    np.add.at(table, (inside, values[known]), 1)
    return table


def _is_crossentropy(loss: object) -> bool:
    """Return whether a loss is a plain cross-entropy, no label smoothed."""
    if float(getattr(loss, "label_smoothing", 0.0) or 0.0) > 0:
        return False
    name = loss if isinstance(loss, str) else getattr(loss, "__name__", type(loss).__name__)
    return str(name).lower().replace("_", "") in _CROSSENTROPIES
