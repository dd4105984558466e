"""What a softmax over classes needs of the logits: the true one, and a sum over all others."""

from __future__ import annotations

from typing import Any, NamedTuple

from keras import ops

from labelfeed.losses.margins import unit_and_norm
from labelfeed.types import Tensor

__all__ = ["ClassTerms", "class_terms"]

# Stands for "no class": small enough to vanish beside any logit, large enough to stay finite.
NOTHING = -1e30


class ClassTerms(NamedTuple):
    """Per row: the true logit, the log-sum-exp of the others, and the greatest of the others.

    Attributes:
        target: `(batch,)`, logit of the true class; 0 where the label is unknown.
        rest: `(batch,)`, log-sum-exp over the other classes.
        best: `(batch,)`, greatest logit among the other classes, without gradient.
    """

    target: Any
    rest: Any
    best: Any


def class_terms(
    query: Tensor,
    centres: Tensor,
    label: Tensor,
    sub_centres: int = 1,
    hard: tuple[Tensor, Tensor, float] | None = None,
    classes: int | None = None,
) -> ClassTerms:
    """Return the terms of a softmax over the cosines with class centres, from the full matrix.

    The logits are `query . centre_j / |centre_j|`, for a class with several centres the greatest.
    A cross-entropy whose true logit is changed to `t` is `softplus(rest - t)`.

    Args:
        query: float32 `(batch, dimension)`: unit embeddings times the scale of the logits.
        centres: `(num_classes * sub_centres, dimension)`, the centres of a class side by side.
        label: int32 `(batch,)`, in 0 .. num_classes - 1; -1 where unknown.
        sub_centres: Number of centres a class, >= 1.
        hard: `(threshold, t, scale)`: logits of other classes above `threshold`, `(batch,)`, are
            replaced by `logit * (t + logit / scale)` in `rest` (Huang et al. 2020).
        classes: Number of classes, where the table has further rows that count for none.

    Returns:
        `ClassTerms`, each `(batch,)`, float32.
    """
    logits = class_logits(query, centres, sub_centres)
    place = ops.arange(logits.shape[1], dtype="int32")[None]
    if classes is not None and classes < logits.shape[1]:
        logits = ops.where(place < classes, logits, NOTHING)
    own = label[:, None] == place
    target = ops.sum(ops.where(own, logits, 0.0), axis=1)
    best = ops.max(ops.stop_gradient(ops.where(own, NOTHING, logits)), axis=1)
    if hard is not None:
        logits = emphasise(logits, *hard)
    rest = ops.logsumexp(ops.where(own, NOTHING, logits), axis=1)
    return ClassTerms(target, rest, best)


def class_logits(query: Tensor, centres: Tensor, sub_centres: int = 1) -> Tensor:
    """Return the logits `(batch, num_classes)`; arguments as for `class_terms`."""
    unit, _ = unit_and_norm(centres)
    logits = ops.matmul(query, ops.transpose(unit))
    if sub_centres > 1:
        shape = (-1, logits.shape[1] // sub_centres, sub_centres)
        logits = ops.max(ops.reshape(logits, shape), axis=2)
    return logits


def emphasise(logits: Tensor, threshold: Tensor, t: Tensor, scale: float) -> Tensor:
    """Return logits with those above the row's threshold replaced by `l * (t + l / scale)`."""
    return ops.where(logits > threshold[:, None], logits * (t + logits / scale), logits)
