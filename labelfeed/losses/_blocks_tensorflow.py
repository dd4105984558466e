"""Class terms block by block on TensorFlow: one loop forward, one backward that recomputes.

Native because the gradient rule has to be given by hand (`tf.custom_gradient`). Only under XLA does
a loop write its part of the gradient in place; Keras leaves XLA off on machines without a GPU, so
both loops are compiled by XLA here, whatever the step around them is.
"""

from __future__ import annotations

from typing import Any

import tensorflow as tf

NOTHING = -1e30


def blocked(query: Any, centres: Any, label: Any, block: int, hard: Any) -> tuple[Any, Any, Any]:
    """Return `(target, rest, best)`; arguments as for `class_terms`."""
    hard = None if hard is None else (tf.stop_gradient(hard[0]), tf.stop_gradient(hard[1]), hard[2])

    @tf.custom_gradient
    def terms(query: Any, centres: Any) -> Any:
        # Else an eager tape would look for a gradient of the loop itself.
        query, centres = tf.stop_gradient(query), tf.stop_gradient(centres)
        found = _forward(query, centres, label, block, hard)

        def backward(by_target: Any, by_rest: Any, _: Any) -> Any:
            slopes = (by_target, by_rest)
            return _backward(query, centres, label, block, hard, found[1], slopes)

        return found, backward

    return terms(query, tf.convert_to_tensor(centres))


@tf.function(jit_compile=True, autograph=False)
def _forward(query: Any, centres: Any, label: Any, block: int, hard: Any) -> tuple[Any, Any, Any]:
    zero = tf.zeros_like(query[:, 0])
    nothing = zero + NOTHING

    def step(start: Any, size: int, carry: Any) -> Any:
        target, peak, total, best = carry
        logits, _, _ = _logits(query, centres, start, size)
        own = _own(label, start, size)
        target += tf.reduce_sum(tf.where(own, logits, 0.0), axis=1)
        moved = tf.where(own, NOTHING, _emphasise(logits, hard)[0] if hard else logits)
        top = tf.maximum(peak, tf.reduce_max(moved, axis=1))
        total = total * tf.exp(peak - top) + tf.reduce_sum(tf.exp(moved - top[:, None]), axis=1)
        if hard:
            best = tf.maximum(best, tf.reduce_max(tf.where(own, NOTHING, logits), axis=1))
        return target, top, total, best

    carry = (zero, nothing, zero, nothing)
    target, peak, total, best = _loop(step, centres.shape[0], block, carry)
    return target, tf.math.log(total) + peak, best if hard else peak


@tf.function(jit_compile=True, autograph=False)
def _backward(
    query: Any, centres: Any, label: Any, block: int, hard: Any, rest: Any, slopes: Any
) -> tuple[Any, Any]:
    by_target, by_rest = slopes

    def step(start: Any, size: int, carry: Any) -> Any:
        by_query, by_centres = carry
        logits, part, inverse = _logits(query, centres, start, size)
        moved, factor = _emphasise(logits, hard) if hard else (logits, 1.0)
        weight = tf.exp(moved - rest[:, None]) * factor * by_rest[:, None]
        weight = tf.where(_own(label, start, size), by_target[:, None], weight)
        radial = tf.reduce_sum(weight * logits, axis=0) * inverse * inverse
        weight *= inverse
        by_query += tf.matmul(weight, part)
        rows = tf.matmul(weight, query, transpose_a=True) - part * radial[:, None]
        if whole:  # one write a block; XLA writes rows one by one
            return by_query, tf.tensor_scatter_nd_update(by_centres, [[start // block]], rows[None])
        places = (start + tf.range(size))[:, None]
        return by_query, tf.tensor_scatter_nd_update(by_centres, places, rows)

    classes, depth = centres.shape
    whole = classes % block == 0
    shape = (classes // block, block, depth) if whole else (classes, depth)
    start = (tf.zeros_like(query), tf.zeros(shape, centres.dtype))
    by_query, by_centres = _loop(step, classes, block, start)
    return by_query, tf.reshape(by_centres, (classes, depth))


def _loop(step: Any, classes: int, block: int, carry: Any) -> Any:
    """Run `step(start, size, carry)` over full blocks in a loop, then over what is left."""
    full = classes // block

    def body(i: Any, *carry: Any) -> Any:
        return (i + 1, *step(i * block, block, carry))

    _, *carry = tf.while_loop(
        lambda i, *_: i < full, body, (tf.constant(0), *carry), parallel_iterations=1
    )
    left = classes - full * block
    return tuple(step(full * block, left, tuple(carry)) if left else carry)


def _logits(query: Any, centres: Any, start: Any, size: int) -> tuple[Any, Any, Any]:
    part = tf.slice(centres, tf.stack([start, 0]), [size, centres.shape[1]])
    part.set_shape((size, centres.shape[1]))
    inverse = tf.math.rsqrt(tf.maximum(tf.reduce_sum(part * part, axis=1), 1e-24))
    return tf.matmul(query, part, transpose_b=True) * inverse, part, inverse


def _own(label: Any, start: Any, size: int) -> Any:
    return (label - start)[:, None] == tf.range(size)


def _emphasise(logits: Any, hard: Any) -> tuple[Any, Any]:
    threshold, t, scale = hard
    above = logits > threshold[:, None]
    moved = tf.where(above, logits * (t + logits / scale), logits)
    return moved, tf.where(above, t + 2 * logits / scale, 1.0)
