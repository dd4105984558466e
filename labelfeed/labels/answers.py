"""Soft known labels, fed as the hard ones that they may be: the mean over the joint answers."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from labelfeed.labels.columns import LabelColumn
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.soft import hard_part, soft_columns
from labelfeed.labels.spec import LabelSpec

__all__ = ["MOST", "answers", "mean_over_answers"]

MOST = 64
"""Joint answers of a row that are all looked at; of more, as many are drawn."""

_AT_ONCE = 4096  # rows of a step, or as many as there are


def mean_over_answers(
    predict: Callable[[np.ndarray, np.ndarray], np.ndarray], known: np.ndarray, spec: LabelSpec
) -> np.ndarray:
    """Return predictions under soft known labels: the mean of those under each answer.

    `P(t | x, s) = sum_a P(t | x, a) prod_c s_c(a_c)` over the joint answers `a` to the soft columns
    `c`, which are taken to be uncertain independently of each other: Jeffrey's rule. So a soft
    label equals the hard one at 0 and 1, and in between the prediction is a straight line. A row
    with more than 64 joint answers takes 64 seeded draws, each column's in its own proportions.
    What was said of a soft label stands in its own place of the result.

    Args:
        predict: Takes row positions `(m,)` and int32 ids `(m, num_labels)`, -1 unknown; returns
            probabilities `(m, num_labels)`.
        known: float64 `(n, num_labels)`, as `soft_known_of_rows` returns it.
        spec: The label's spec, of several labels.

    Returns:
        float64 probabilities `(n, num_labels)`.

    References:
        Jeffrey 1965, The logic of decision; Pearl 1988, Probabilistic reasoning in intelligent
        systems (virtual evidence).

    Example:
        >>> spec = LabelSpec.multi(["fever", "flu"])
        >>> def predict(rows, ids):
        ...     return np.stack([np.full(len(rows), 0.5), 0.1 + 0.8 * (ids[:, 0] == 1)], axis=1)
        >>> mean_over_answers(predict, np.array([[0.75, -1.0]]), spec).round(3).tolist()
        [[0.75, 0.7]]
    """
    out = np.zeros(known.shape)
    of_column = np.repeat(
        np.arange(len(spec.label_columns)), [len(c.places) for c in spec.label_columns]
    )
    soft = soft_columns(known, spec)[:, of_column]
    for rows, ids, weights in _batched(answers(known, spec), max(len(known), _AT_ONCE)):
        p = np.asarray(predict(rows, ids), np.float64)
        p = np.where(soft[rows] & (ids != UNKNOWN), 0.0, p)  # an answer predicts nothing of itself
        np.add.at(out, rows, weights[:, None] * p)
    for column in spec.label_columns:
        rows = np.flatnonzero(soft[:, column.places[0]])
        if len(rows):
            own = np.ix_(rows, np.array(column.places))
            out[own] = _said(column, known[own], out[own])
    return out


def answers(
    known: np.ndarray, spec: LabelSpec, most: int = MOST
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Yield the joint answers to soft labels: row positions, their hard ids, and their weights.

    The weights of a row sum to 1. Rows without a soft label come once.

    Args:
        known: float64 `(n, num_labels)`, as `soft_known_of_rows` returns it.
        spec: The label's spec.
        most: Joint answers that are all yielded; of more, so many are drawn. The draws are the same
            for every row, so that a row's prediction does not depend on those beside it.

    Example:
        >>> found = answers(np.array([[0.75, 1.0]]), LabelSpec.multi(2))
        >>> [(ids.tolist(), weight.tolist()) for _, ids, weight in found]
        [([[0, 1]], [0.25]), ([[1, 1]], [0.75])]
    """
    soft, hard = soft_columns(known, spec), hard_part(known)
    patterns, which = np.unique(soft, axis=0, return_inverse=True)
    for number, pattern in enumerate(patterns):
        rows = np.flatnonzero(which.reshape(-1) == number)
        if not pattern.any():
            yield rows, hard[rows], np.ones(len(rows))
            continue
        asked = [c for c, there in zip(spec.label_columns, pattern, strict=True) if there]
        each = [_answers_of(column, known[rows][:, list(column.places)]) for column in asked]
        for chosen, weights in _joint([p for _, p in each], [c.places[0] for c in asked], most):
            ids = hard[rows]
            for column, (blocks, _), pick in zip(asked, each, chosen, strict=True):
                ids[:, list(column.places)] = blocks[np.arange(len(rows)), pick]
            kept = weights > 0
            if kept.any():
                yield rows[kept], ids[kept], weights[kept]


def _joint(
    chances: Sequence[np.ndarray], seeds: Sequence[int], most: int
) -> Iterator[tuple[list[np.ndarray], np.ndarray]]:
    """Yield which answer of each column every row takes, and the weights of the rows."""
    rows = len(chances[0])
    if np.prod([float(p.shape[1]) for p in chances]) <= most:
        for combination in itertools.product(*(range(p.shape[1]) for p in chances)):
            weights = np.prod([p[:, a] for p, a in zip(chances, combination, strict=True)], axis=0)
            yield [np.full(rows, a) for a in combination], weights
        return
    middles = (np.arange(most) + 0.5) / most
    drawn = [np.random.default_rng(seed).permutation(middles) for seed in seeds]
    upper = [p.cumsum(axis=1) for p in chances]
    for draw in range(most):
        picks = [
            np.minimum((u[draw] > end).sum(axis=1), end.shape[1] - 1)
            for u, end in zip(drawn, upper, strict=True)
        ]
        yield picks, np.full(rows, 1 / most)


def _answers_of(column: LabelColumn, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the answers of a column, `(n, answers, places)` of ids, and their chances."""
    if not column.of_classes:
        blocks = np.broadcast_to(np.array([[0], [1]], np.int32), (len(known), 2, 1))
        return blocks, np.concatenate([1 - known, known], axis=1)
    said = np.maximum(known, 0.0)
    none = np.where(known == UNKNOWN, UNKNOWN, 0).astype(np.int32)  # none of those that were said
    left = (none == UNKNOWN).sum(axis=1) == 1
    none = np.where(left[:, None] & (none == UNKNOWN), 1, none)
    one_hot = np.eye(column.num_classes, dtype=np.int32)
    blocks = np.concatenate([np.tile(one_hot, (len(known), 1, 1)), none[:, None]], axis=1)
    rest = np.clip(1 - said.sum(axis=1, keepdims=True), 0.0, 1.0)
    rest = np.where((known == UNKNOWN).any(axis=1, keepdims=True), rest, 0.0)
    return blocks, np.concatenate([said, rest], axis=1)


def _said(column: LabelColumn, known: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Return what was said of a column; what is left goes to the other classes as predicted."""
    if not column.of_classes:
        return known
    is_open = known == UNKNOWN
    rest = 1 - np.where(is_open, 0.0, known).sum(axis=1, keepdims=True)
    shares = np.where(is_open, found, 0.0)
    total = shares.sum(axis=1, keepdims=True)
    shares = np.where(total > 0, shares / np.maximum(total, 1e-12), is_open)
    shares = shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-12)
    return np.where(is_open, rest * shares, known)


def _batched(
    parts: Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]], most: int
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Yield the same in steps of about as many rows as `most`, at most twice."""
    held: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    for part in parts:
        if held and sum(len(rows) for rows, _, _ in held) + len(part[0]) > most:
            yield _joined(held)
            held = []
        held.append(part)
    if held:
        yield _joined(held)


def _joined(
    held: Sequence[tuple[np.ndarray, np.ndarray, np.ndarray]],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows, ids, weights = (np.concatenate(part) for part in zip(*held, strict=True))
    return rows, ids, weights
