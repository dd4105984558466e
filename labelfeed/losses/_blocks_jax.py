"""Class terms block by block on JAX: one loop forward, one backward that recomputes.

Native because the gradient rule has to be given by hand (`jax.custom_vjp`), and a slice update
inside of a `fori_loop` is in place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from labelfeed.types import Tensor

NOTHING = -1e30


def blocked(
    query: Tensor, centres: Tensor, label: Tensor, block: int, hard: Sequence[Tensor] | None
) -> tuple[Tensor, Tensor, Tensor]:
    """Return `(target, rest, best)`; arguments as for `class_terms`."""
    if hard is None:
        return _terms(query, centres, label, (), block, None)
    return _terms(query, centres, label, hard[:2], block, hard[2])


@partial(jax.custom_vjp, nondiff_argnums=(4, 5))
def _terms(
    query: Tensor,
    centres: Tensor,
    label: Tensor,
    hard: Sequence[Tensor],
    block: int,
    scale: float | None,
) -> tuple[Tensor, Tensor, Tensor]:
    return _forward(query, centres, label, hard, block, scale)[0]


def _forward(
    query: Tensor,
    centres: Tensor,
    label: Tensor,
    hard: Sequence[Tensor],
    block: int,
    scale: float | None,
) -> tuple[Any, ...]:
    nothing = jnp.full(query.shape[:1], NOTHING, query.dtype)
    zero = jnp.zeros_like(nothing)

    def step(start: Tensor, size: int, carry: Sequence[Tensor]) -> Sequence[Tensor]:
        target, peak, total, best = carry
        logits, _, _ = _logits(query, centres, start, size)
        own = _own(label, start, size)
        target = target + jnp.sum(jnp.where(own, logits, 0), axis=1)
        moved = _emphasise(logits, hard, scale)[0] if hard else logits
        moved = jnp.where(own, NOTHING, moved)
        top = jnp.maximum(peak, jnp.max(moved, axis=1))
        total = total * jnp.exp(peak - top) + jnp.sum(jnp.exp(moved - top[:, None]), axis=1)
        if hard:
            best = jnp.maximum(best, jnp.max(jnp.where(own, NOTHING, logits), axis=1))
        return target, top, total, best

    target, peak, total, best = _loop(step, centres.shape[0], block, (zero, nothing, zero, nothing))
    rest = jnp.log(total) + peak
    return (target, rest, best if hard else peak), (query, centres, label, hard, rest)


def _backward(
    block: int, scale: float | None, saved: Sequence[Tensor], slopes: Sequence[Tensor]
) -> tuple[Any, ...]:
    query, centres, label, hard, rest = saved
    by_target, by_rest, _ = slopes

    def step(start: Tensor, size: int, carry: Sequence[Tensor]) -> Sequence[Tensor]:
        by_query, by_centres = carry
        logits, part, inverse = _logits(query, centres, start, size)
        moved, factor = _emphasise(logits, hard, scale) if hard else (logits, 1.0)
        weight = jnp.exp(moved - rest[:, None]) * factor * by_rest[:, None]
        weight = jnp.where(_own(label, start, size), by_target[:, None], weight)
        radial = jnp.sum(weight * logits, axis=0) * inverse * inverse
        weight = weight * inverse
        by_query = by_query + weight @ part
        rows = weight.T @ query - part * radial[:, None]
        return by_query, lax.dynamic_update_slice(by_centres, rows, (start, 0))

    start = (jnp.zeros_like(query), jnp.zeros_like(centres))
    by_query, by_centres = _loop(step, centres.shape[0], block, start)
    return by_query, by_centres, None, jax.tree.map(lambda _: None, hard)


_terms.defvjp(_forward, _backward)


def _loop(
    step: Callable[..., Any], classes: int, block: int, carry: Sequence[Tensor]
) -> Sequence[Tensor]:
    """Run `step(start, size, carry)` over full blocks in a loop, then over what is left."""
    full = classes // block
    carry = lax.fori_loop(0, full, lambda i, c: step(i * block, block, c), carry)
    left = classes - full * block
    return step(full * block, left, carry) if left else carry


def _logits(
    query: Tensor, centres: Tensor, start: Tensor, size: int
) -> tuple[Tensor, Tensor, Tensor]:
    part = lax.dynamic_slice_in_dim(centres, start, size)
    inverse = lax.rsqrt(jnp.maximum(jnp.sum(part * part, axis=1), 1e-24))
    return (query @ part.T) * inverse, part, inverse


def _own(label: Tensor, start: Tensor, size: int) -> Tensor:
    return (label - start)[:, None] == jnp.arange(size, dtype=label.dtype)


def _emphasise(
    logits: Tensor, hard: Sequence[Tensor], scale: float | None
) -> tuple[Tensor, Tensor]:
    threshold, t = hard
    above = logits > threshold[:, None]
    moved = jnp.where(above, logits * (t + logits / scale), logits)
    return moved, jnp.where(above, t + 2 * logits / scale, 1.0)
