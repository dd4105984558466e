"""How good an embedding is for classes it was not trained on: pairs, retrieval, open set."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from labelfeed.types import ArrayLike

__all__ = [
    "open_set_auc",
    "pair_similarities",
    "recall_at_k",
    "roc_auc",
    "tar_at_far",
    "verification_scores",
]


def pair_similarities(
    embedding: ArrayLike, label: ArrayLike, max_pairs: int | None = None, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Return the cosine of each pair of rows, and whether the two share a label.

    Args:
        embedding: `(n, dimension)`.
        label: `(n,)` integers; rows of -1 (unknown) are left out.
        max_pairs: At most so many pairs, drawn at random; `None` for all `n (n - 1) / 2`.
        seed: Seed of that draw.

    Returns:
        float64 cosines and booleans, both `(pairs,)`.

    Example:
        >>> similarity, same = pair_similarities([[1, 0], [2, 0], [0, 1]], [5, 5, 7])
        >>> similarity.tolist(), same.tolist()
        ([1.0, 0.0, 0.0], [True, False, False])
    """
    unit, label = _known(embedding, label)
    first, second = np.triu_indices(len(label), k=1)
    if max_pairs is not None and len(first) > max_pairs:
        chosen = np.random.default_rng(seed).choice(len(first), max_pairs, replace=False)
        first, second = first[chosen], second[chosen]
    similarity = np.empty(len(first))
    for start in range(0, len(first), 65_536):
        part = slice(start, start + 65_536)
        similarity[part] = np.einsum("ij,ij->i", unit[first[part]], unit[second[part]])
    return similarity, label[first] == label[second]


def tar_at_far(similarity: ArrayLike, same: ArrayLike, far: float = 0.01) -> float:
    """Return the share of same pairs accepted where at most `far` of different pairs are.

    A pair is accepted when its similarity is above the threshold; the threshold is the lowest that
    keeps the false accept rate at or below `far`.

    Args:
        similarity: `(pairs,)`, greater is more alike.
        same: `(pairs,)` booleans; both kinds must be there.
        far: False accept rate, in [0, 1).

    Returns:
        The true accept rate, in [0, 1].

    Raises:
        ValueError: One kind of pair is missing, or `far` out of range.

    Example:
        >>> tar_at_far([0.9, 0.2, 0.5, 0.1], [True, True, False, False], far=0.0)
        0.5
    """
    similarity, same = _both_kinds(similarity, same)
    if not 0 <= far < 1:
        raise ValueError(f"far must be in [0, 1), got {far!r}.")
    different = np.sort(similarity[~same])[::-1]
    threshold = different[int(np.floor(far * len(different)))]
    return float(np.mean(similarity[same] > threshold))


def roc_auc(similarity: ArrayLike, same: ArrayLike) -> float:
    """Return the probability that a same pair is more alike than a different one; ties half.

    Args:
        similarity: `(pairs,)`, greater is more alike.
        same: `(pairs,)` booleans; both kinds must be there.

    Raises:
        ValueError: One kind of pair is missing.

    Reference:
        Hanley and McNeil (1982), The meaning and use of the area under a ROC curve.

    Example:
        >>> roc_auc([0.9, 0.2, 0.5, 0.1], [True, True, False, False])
        0.75
    """
    similarity, same = _both_kinds(similarity, same)
    return float(roc_auc_score(same, similarity))


def recall_at_k(embedding: ArrayLike, label: ArrayLike, k: int = 1) -> float:
    """Return the share of rows with a row of their own label among their `k` nearest others.

    Args:
        embedding: `(n, dimension)`; nearness is the cosine.
        label: `(n,)` integers; rows of -1 (unknown) are left out, and rows alone with their label
            are not asked for, though they may be found.
        k: >= 1.

    Raises:
        ValueError: No label occurs twice, or `k` is out of range.

    Reference:
        Jegou et al. (2011), Product Quantization for Nearest Neighbor Search.

    Example:
        >>> recall_at_k([[1, 0], [1, 0.1], [0, 1], [0.1, 1]], [0, 0, 1, 1])
        1.0
    """
    unit, label = _known(embedding, label)
    values, count = np.unique(label, return_counts=True)
    asked = np.flatnonzero(np.isin(label, values[count > 1]))
    if not len(asked):
        raise ValueError("recall_at_k needs a label that occurs at least twice.")
    if not 1 <= k < len(label):
        raise ValueError(f"k must be in 1 .. {len(label) - 1}, got {k!r}.")
    hits = 0
    for start in range(0, len(asked), 1024):
        rows = asked[start : start + 1024]
        similarity = unit[rows] @ unit.T
        similarity[np.arange(len(rows)), rows] = -np.inf
        nearest = np.argpartition(-similarity, k - 1, axis=1)[:, :k]
        hits += int(np.any(label[nearest] == label[rows][:, None], axis=1).sum())
    return hits / len(asked)


def open_set_auc(known_scores: ArrayLike, other_scores: ArrayLike) -> float:
    """Return how well the greatest class score tells rows of known classes from all others.

    Args:
        known_scores: `(n, num_classes)` label-free scores of rows whose class was trained.
        other_scores: `(m, num_classes)` scores of rows of classes that were not.

    Returns:
        ROC-AUC of the greatest score, 1 at best and 0.5 for guessing.

    Example:
        >>> open_set_auc([[0.9, 0.1], [0.2, 0.8]], [[0.3, 0.4]])
        1.0
    """
    best = [np.max(np.asarray(s, np.float64), axis=1) for s in (known_scores, other_scores)]
    return roc_auc(np.concatenate(best), np.repeat([True, False], [len(b) for b in best]))


def verification_scores(
    embedding: ArrayLike, label: ArrayLike, far: float = 0.01, max_rows: int = 2000, seed: int = 0
) -> dict[str, Any]:
    """Return how well an embedding tells pairs of one class from others, as JSON types.

    Args:
        embedding: `(n, dimension)`.
        label: `(n,)` integers; rows of -1 (unknown) are left out.
        far: False accept rate, in [0, 1).
        max_rows: At most so many rows, drawn at random: pairs grow with their square.
        seed: Seed of that draw.

    Returns:
        `rows`, `pairs`, `far`, `tar_at_far`, `pair_auc`, `recall_at_1`; the scores are `None`
        where no class has two rows, or (but for recall) there is one class only.

    Example:
        >>> found = verification_scores([[1, 0], [1, 0.1], [0, 1], [0.1, 1]], [0, 0, 1, 1])
        >>> found["pairs"], found["tar_at_far"], found["recall_at_1"]
        (6, 1.0, 1.0)
    """
    rows, label = _known(embedding, label)
    if len(rows) > max_rows:
        chosen = np.random.default_rng(seed).permutation(len(rows))[:max_rows]
        rows, label = rows[chosen], label[chosen]
    similarity, same = pair_similarities(rows, label)
    both = bool(same.any() and not same.all())
    return {
        "rows": len(rows),
        "pairs": len(same),
        "far": far,
        "tar_at_far": tar_at_far(similarity, same, far) if both else None,
        "pair_auc": roc_auc(similarity, same) if both else None,
        "recall_at_1": recall_at_k(rows, label) if same.any() else None,
    }


def _known(embedding: ArrayLike, label: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    embedding, label = np.asarray(embedding, np.float64), np.asarray(label)
    if embedding.ndim != 2 or label.shape != embedding.shape[:1]:
        raise ValueError(
            "Expected embeddings (n, dimension) and labels (n,), got "
            f"{embedding.shape} and {label.shape}."
        )
    embedding, label = embedding[label >= 0], label[label >= 0]
    norm = np.linalg.norm(embedding, axis=1, keepdims=True)
    return embedding / np.where(norm > 0, norm, 1.0), label


def _both_kinds(similarity: ArrayLike, same: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    similarity, same = np.asarray(similarity, np.float64), np.asarray(same, bool)
    if similarity.shape != same.shape or not same.any() or same.all():
        raise ValueError("Expected as many flags as scores, with both true and false among them.")
    return similarity, same
