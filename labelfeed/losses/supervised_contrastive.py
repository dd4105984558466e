"""Supervised contrastive loss: pull rows of one class together, push the others away."""

from __future__ import annotations

from keras import ops

from labelfeed.losses.margins import unit_and_norm
from labelfeed.types import Tensor

__all__ = ["supervised_contrastive"]


def supervised_contrastive(
    embedding: Tensor, label: Tensor, temperature: float
) -> tuple[Tensor, Tensor]:
    """Return the supervised contrastive loss of each row and which rows have one.

    `l_i = -mean_{p in P(i)} log(exp(c_ip / T) / sum_{a != i} exp(c_ia / T))` with cosines `c` and
    `P(i)` the other rows of the batch with the label of row `i`. Rows of unknown label take no
    part, not even as negatives.

    Args:
        embedding: `(batch, dimension)` of any float type.
        label: int32 `(batch,)`, -1 where unknown.
        temperature: T, > 0.

    Returns:
        Losses float32 `(batch,)`, 0 where `P(i)` is empty, and float32 `(batch,)`: 1 where it is
        not.

    Reference:
        Khosla et al. (2020), Supervised Contrastive Learning, equation 2.
    """
    unit, _ = unit_and_norm(embedding)
    logits = ops.matmul(unit, ops.transpose(unit)) / temperature
    known = label >= 0
    rows = ops.arange(ops.shape(label)[0], dtype="int32")
    others = ops.logical_and(known[None, :], rows[:, None] != rows[None, :])
    alike = ops.logical_and(others, label[:, None] == label[None, :])
    total = ops.logsumexp(ops.where(others, logits, -1e30), axis=1, keepdims=True)
    # A row alone with its label would give -1e30 here; the mask drops it.
    count = ops.sum(ops.cast(alike, "float32"), axis=1)
    log_likelihood = ops.sum(ops.where(alike, logits - total, 0.0), axis=1)
    counted = ops.cast(ops.logical_and(known, count > 0), "float32")
    losses = -log_likelihood / ops.maximum(count, 1.0)
    return ops.where(counted > 0, losses, 0.0), counted
