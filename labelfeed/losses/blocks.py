"""Class terms without the batch x classes matrix: block by block; exact."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from labelfeed.losses.class_terms import NOTHING, ClassTerms, class_logits, class_terms, emphasise
from labelfeed.types import Tensor

_native: Any
if keras.backend.backend() == "jax":
    from labelfeed.losses._blocks_jax import blocked as _native
elif keras.backend.backend() == "tensorflow":
    from labelfeed.losses._blocks_tensorflow import blocked as _native
elif keras.backend.backend() == "torch":
    from labelfeed.losses._blocks_torch import blocked as _native
else:
    _native = None

__all__ = ["blocked_terms", "generic_blocked_terms"]


def blocked_terms(
    query: Tensor,
    centres: Tensor,
    label: Tensor,
    block_size: int,
    sub_centres: int = 1,
    hard: tuple[Tensor, Tensor, float] | None = None,
) -> ClassTerms:
    """Return what `class_terms` returns, from `block_size` classes at a time; exact.

    Forward: a running maximum and a running sum. Backward: each block's part of the centres'
    gradient is written once. On Torch, and on TensorFlow in a compiled step, its logits wait in the
    memory of that part; elsewhere they are computed again, for one matrix product more. So beside
    the gradient itself only `batch * block_size` numbers are needed.
    Several centres a class take the generic way, which saves nothing in the backward pass.

    Args:
        query: As for `class_terms`.
        centres: As for `class_terms`.
        label: As for `class_terms`.
        block_size: Classes a block, >= 1; it need not divide their number.
        sub_centres: As for `class_terms`.
        hard: As for `class_terms`.

    Returns:
        `ClassTerms`, each `(batch,)`, float32.
    """
    block_size = max(1, int(block_size))
    if block_size * sub_centres >= centres.shape[0]:
        return class_terms(query, centres, label, sub_centres, hard)
    if _native is None or sub_centres > 1:
        return generic_blocked_terms(query, centres, label, block_size, sub_centres, hard)
    return ClassTerms(*_native(query, ops.convert_to_tensor(centres), label, block_size, hard))


def generic_blocked_terms(
    query: Tensor,
    centres: Tensor,
    label: Tensor,
    block_size: int,
    sub_centres: int = 1,
    hard: tuple[Tensor, Tensor, float] | None = None,
) -> ClassTerms:
    """Do the same with `keras.ops` alone: what the native ways are tested against."""
    target = ops.zeros_like(query[:, 0])
    peak, best, total = target + NOTHING, target + NOTHING, target
    classes = centres.shape[0] // sub_centres
    for start in range(0, classes, block_size):
        stop = min(start + block_size, classes)
        part = centres[start * sub_centres : stop * sub_centres]
        logits = class_logits(query, part, sub_centres)
        own = (label - start)[:, None] == ops.arange(stop - start, dtype="int32")[None]
        target = target + ops.sum(ops.where(own, logits, 0.0), axis=1)
        others = ops.stop_gradient(ops.where(own, NOTHING, logits))
        best = ops.maximum(best, ops.max(others, axis=1))
        if hard is not None:
            logits = emphasise(logits, *hard)
        logits = ops.where(own, NOTHING, logits)
        top = ops.stop_gradient(ops.maximum(peak, ops.max(logits, axis=1)))
        total = total * ops.exp(peak - top) + ops.sum(ops.exp(logits - top[:, None]), axis=1)
        peak = top
    return ClassTerms(target, ops.log(total) + peak, best)
