"""Class terms block by block on TensorFlow: one loop forward, one backward.

Native because the gradient rule has to be given by hand (`tf.custom_gradient`). Only under XLA does
a loop write its part of the gradient in place; Keras leaves XLA off on machines without a GPU, so
both loops are compiled by XLA here, whatever the step around them is.

Where the step around them is compiled as well, a block's logits wait in the memory of its gradient
until the backward loop reads them there. Two programs cannot share memory so: in a step that is not
compiled, the logits are computed again. Classes lie along the first axis of a block: XLA adds up
along it with vectors, along the last axis one number after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf
from tensorflow.compiler.tf2xla.python.xla import dynamic_update_slice
from tensorflow.python.ops.control_flow_util import GraphOrParentsInXlaContext

from labelfeed.types import Tensor

NOTHING = -1e30


def blocked(
    query: Tensor, centres: Tensor, label: Tensor, block: int, hard: Sequence[Tensor] | None
) -> tuple[Tensor, Tensor, Tensor]:
    """Return `(target, rest, best)`; arguments as for `class_terms`."""
    hard = None if hard is None else (tf.stop_gradient(hard[0]), tf.stop_gradient(hard[1]), hard[2])
    keep = not tf.executing_eagerly() and GraphOrParentsInXlaContext(
        tf.compat.v1.get_default_graph()
    )

    @tf.custom_gradient
    def terms(query: Tensor, centres: Tensor) -> tuple[Sequence[Tensor], Callable[..., Any]]:
        # Else an eager tape would look for a gradient of the loop itself.
        query, centres = tf.stop_gradient(query), tf.stop_gradient(centres)
        found, saved = _forward(query, centres, label, block, hard, keep)

        def backward(by_target: Tensor, by_rest: Tensor, _: Tensor) -> tuple[Tensor, Tensor]:
            slopes = (by_target, by_rest)
            return _backward(query, centres, label, block, hard, found[1], saved, slopes)

        return found, backward

    return terms(query, tf.convert_to_tensor(centres))


@tf.function(jit_compile=True, autograph=False)
def _forward(
    query: Tensor,
    centres: Tensor,
    label: Tensor,
    block: int,
    hard: Sequence[Tensor] | None,
    keep: bool,
) -> tuple[Sequence[Tensor], Any]:
    """Return the terms, and for backward: `(1 / norms, logits in a table or None)`."""
    classes, depth = centres.shape
    nothing = tf.zeros_like(query[:, 0]) + NOTHING
    kept = _kept(query, keep)

    def step(start: Tensor, size: int, carry: Sequence[Tensor]) -> Sequence[Tensor]:
        peak, total, best, inverse, *table = carry
        part = _rows(centres, start, size)
        squares = _row_sums(part * part)
        inv = tf.math.rsqrt(tf.maximum(squares, 1e-24))
        inverse = dynamic_update_slice(inverse, inv, tf.stack([start, 0]))
        logits = tf.matmul(part, query, transpose_b=True) * inv
        if keep:
            flat = tf.reshape(logits[:, :kept], [-1])
            table = [dynamic_update_slice(table[0], flat, tf.stack([start * depth]))]
        own = _own(label, start, size)
        moved = tf.where(own, NOTHING, _emphasise(logits, hard)[0] if hard else logits)
        top = tf.maximum(peak, tf.reduce_max(moved, axis=0))
        total = total * tf.exp(peak - top) + tf.reduce_sum(tf.exp(moved - top), axis=0)
        if hard:
            best = tf.maximum(best, tf.reduce_max(tf.where(own, NOTHING, logits), axis=0))
        return top, total, best, inverse, *table

    tables = [tf.zeros((classes * depth,), query.dtype)] if keep else []
    inverse = tf.zeros((classes, 1), centres.dtype)
    carry = (nothing, tf.zeros_like(nothing), nothing, inverse, *tables)
    peak, total, best, inverse, *tables = _loop(step, classes, block, carry)
    place = tf.clip_by_value(label, 0, classes - 1)
    cosine = tf.reduce_sum(tf.gather(centres, place) * query, axis=1)
    target = cosine * tf.gather(inverse, place)[:, 0]
    target = tf.where(place == label, target, 0.0)
    found = target, tf.math.log(total) + peak, best if hard else peak
    return found, (inverse, tables[0] if keep else None)


@tf.function(jit_compile=True, autograph=False)
def _backward(
    query: Tensor,
    centres: Tensor,
    label: Tensor,
    block: int,
    hard: Sequence[Tensor] | None,
    rest: Tensor,
    saved: Sequence[Tensor],
    slopes: Sequence[Tensor],
) -> tuple[Tensor, Tensor]:
    by_target, by_rest = slopes
    inverse, table = saved
    classes, depth = centres.shape
    kept = _kept(query, table is not None)

    def step(start: Tensor, size: int, carry: Sequence[Tensor]) -> Sequence[Tensor]:
        by_query, by_centres = carry
        part, inv = _rows(centres, start, size), _rows(inverse, start, size)
        parts = []
        if table is not None:
            flat = tf.slice(by_centres, [start * depth], [size * kept])
            parts.append(tf.reshape(flat, (size, kept)))
        if table is None or not isinstance(kept, int) or kept < query.shape[0]:
            parts.append(tf.matmul(part, query[kept:], transpose_b=True) * inv)
        logits = parts[0] if len(parts) == 1 else tf.concat(parts, axis=1)
        moved, factor = _emphasise(logits, hard) if hard else (logits, 1.0)
        weight = tf.exp(moved - rest) * factor * by_rest
        weight = tf.where(_own(label, start, size), by_target, weight)
        radial = _row_sums(weight * logits) * inv * inv
        weight *= inv
        by_query += tf.matmul(weight, part, transpose_a=True)
        rows = tf.matmul(weight, query) - part * radial
        flat = tf.reshape(rows, [-1])
        return by_query, dynamic_update_slice(by_centres, flat, tf.stack([start * depth]))

    if table is None:
        start = tf.zeros((classes * depth,), centres.dtype)
    else:
        start = table
    by_query, by_centres = _loop(step, classes, block, (tf.zeros_like(query), start))
    return by_query, tf.reshape(by_centres, (classes, depth))


def _kept(query: Tensor, keep: bool) -> Tensor | int:
    """Return of how many rows the table keeps the logits: as many as it has room for."""
    if not keep:
        return 0
    batch, depth = query.shape
    return tf.minimum(tf.shape(query)[0], depth) if batch is None else min(batch, depth)


def _loop(
    step: Callable[..., Any], classes: int, block: int, carry: Sequence[Tensor]
) -> Sequence[Tensor]:
    """Run `step(start, size, carry)` over full blocks in a loop, then over what is left."""
    full = classes // block

    def body(i: Tensor, *carry: Any) -> Sequence[Tensor]:
        return (i + 1, *step(i * block, block, carry))

    _, *carry = tf.while_loop(
        lambda i, *_: i < full, body, (tf.constant(0), *carry), parallel_iterations=1
    )
    left = classes - full * block
    return tuple(step(tf.constant(full * block), left, tuple(carry)) if left else carry)


def _rows(table: Tensor, start: Tensor, size: int) -> Tensor:
    part = tf.slice(table, tf.stack([start, 0]), [size, table.shape[1]])
    part.set_shape((size, table.shape[1]))
    return part


def _row_sums(block: Tensor) -> Tensor:
    """Return the sums along the last axis, `(rows, 1)`, as a product: XLA's own are far slower."""
    return tf.matmul(block, tf.ones((tf.shape(block)[1], 1), block.dtype))


def _own(label: Tensor, start: Tensor, size: int) -> Tensor:
    return tf.range(size)[:, None] == label - start


def _emphasise(logits: Tensor, hard: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    threshold, t, scale = hard
    above = logits > threshold
    moved = tf.where(above, logits * (t + logits / scale), logits)
    return moved, tf.where(above, t + 2 * logits / scale, 1.0)
