"""Products of rows grouped by class on JAX: a loop over blocks of rows of one class.

Why native: `keras.ops` has no loop that writes in place. XLA updates the output and the gradient
of the kernels where they lie, so that nothing of the size of the gathered kernels is allocated.
`jax.lax.ragged_dot` was measured too: on CPU it is ten times slower and holds a masked copy of the
rows for every class.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from labelfeed.types import Tensor

__all__ = ["exporting", "on_cpu", "product"]

_HIGH = 128  # rows of a block at most: enough to keep a core busy


class _Blocks(NamedTuple):
    order: Tensor  # (batch,) rows sorted by class, unknown last
    index: Tensor  # (batch + size,) class of each sorted row, then -1
    starts: Tensor  # (batch,) first sorted row of each block
    count: Tensor  # number of blocks


def on_cpu(x: Tensor) -> bool:
    """Return whether the computation runs on a CPU."""
    return jax.default_backend() == "cpu"


def exporting(x: Tensor) -> bool:
    """Return whether a graph for any batch size is being made: blocks need one that is known."""
    return not isinstance(x.shape[0], int)


@jax.custom_vjp
def product(x: Tensor, kernels: Tensor, index: Tensor) -> Tensor:
    """Return `x[i] @ kernels[index[i]]`, zero where `index[i] < 0`; `(batch, t, u)`."""
    return _forward(x, kernels, index, transpose=False)


def _product_fwd(
    x: Tensor, kernels: Tensor, index: Tensor
) -> tuple[Tensor, tuple[Tensor, Tensor, Tensor]]:
    return _forward(x, kernels, index, transpose=False), (x, kernels, index)


def _product_bwd(saved: tuple[Tensor, Tensor, Tensor], grad: Tensor) -> tuple[Tensor, Tensor, None]:
    x, kernels, index = saved
    return (
        _forward(grad, kernels, index, transpose=True),
        _kernel_grad(x, grad, kernels, index),
        None,
    )


product.defvjp(_product_fwd, _product_bwd)


def _size(batch: int, positions: int, classes: int) -> int:
    """Return the rows of a block: about the mean number of rows of a class, a power of two."""
    mean = max(1, min(batch // max(1, min(classes, batch)), _HIGH // max(1, positions)))
    return 1 << (mean.bit_length() - 1)


def _blocks(index: Tensor, size: int) -> _Blocks:
    batch = index.shape[0]
    order = jnp.argsort(jnp.where(index < 0, jnp.iinfo(jnp.int32).max, index))
    index = index[order]
    place = jnp.arange(batch, dtype=jnp.int32)
    first = jnp.concatenate([jnp.ones(1, bool), index[1:] != index[:-1]])
    within = place - lax.cummax(jnp.where(first, place, 0))
    opens = (within % size == 0) & (index >= 0)
    starts = jnp.argsort(~opens).astype(jnp.int32)
    index = jnp.concatenate([index, jnp.full(size, -1, index.dtype)])
    return _Blocks(order, index, starts, jnp.sum(opens, dtype=jnp.int32))


def _sorted(x: Tensor, blocks: _Blocks, size: int) -> Tensor:
    return jnp.pad(x[blocks.order], ((0, size), (0, 0), (0, 0)))


@functools.partial(jax.jit, static_argnames="transpose")
def _forward(x: Tensor, kernels: Tensor, index: Tensor, transpose: bool) -> Tensor:
    batch, positions, _ = x.shape
    width = kernels.shape[1 if transpose else 2]
    size = _size(batch, positions, kernels.shape[0])
    blocks = _blocks(index, size)
    rows = _sorted(x, blocks, size)
    contract = (((2,), (1 if transpose else 0,)), ((), ()))

    def body(number: Tensor, out: Tensor) -> Tensor:
        # A block may reach past its class: the next one, which starts there, writes over it.
        start = blocks.starts[number]
        block = lax.dynamic_slice_in_dim(rows, start, size)
        kernel = lax.dynamic_index_in_dim(kernels, blocks.index[start], keepdims=False)
        if transpose:
            kernel = kernel.T
            done = lax.dot_general(block, kernel, (((2,), (0,)), ((), ())))
        else:
            done = lax.dot_general(block, kernel, contract)
        return lax.dynamic_update_slice_in_dim(out, done.astype(out.dtype), start, 0)

    out = jnp.zeros((batch + size, positions, width), x.dtype)
    out = lax.fori_loop(0, blocks.count, body, out)[:batch]
    place = jnp.zeros_like(blocks.order).at[blocks.order].set(jnp.arange(batch))
    return jnp.where(index[:, None, None] >= 0, out[place], 0)


@jax.jit
def _kernel_grad(x: Tensor, grad: Tensor, kernels: Tensor, index: Tensor) -> Tensor:
    size = _size(x.shape[0], x.shape[1], kernels.shape[0])
    blocks = _blocks(index, size)
    rows, grads = _sorted(x, blocks, size), _sorted(grad, blocks, size)

    def body(number: Tensor, out: Tensor) -> Tensor:
        start = blocks.starts[number]
        own = blocks.index[start]
        block = lax.dynamic_slice_in_dim(rows, start, size)
        mine = lax.dynamic_slice_in_dim(blocks.index, start, size) == own
        block = jnp.where(mine[:, None, None], block, 0)
        other = lax.dynamic_slice_in_dim(grads, start, size)
        done = lax.dot_general(block, other, (((0, 1), (0, 1)), ((), ())))
        old = lax.dynamic_index_in_dim(out, own, keepdims=False)
        return lax.dynamic_update_index_in_dim(out, old + done.astype(out.dtype), own, 0)

    return lax.fori_loop(0, blocks.count, body, jnp.zeros_like(kernels))
