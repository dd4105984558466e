"""Products of rows grouped by class on TensorFlow: a loop over blocks of rows of one class.

Why native: the loop reads one kernel at a time, and the gradient of the kernels stays sparse
(`tf.IndexedSlices` with an entry for each block), so that an optimizer which can leaves the other
classes alone. XLA takes its own way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import tensorflow as tf

from labelfeed.layers import _grouped_xla as xla
from labelfeed.types import Shape, Tensor

__all__ = ["exporting", "on_cpu", "product"]

_HIGH = 128  # rows of a block at most: enough to keep a core busy
_FEW = 16  # classes that are written out one by one rather than looped over


class _Blocks(NamedTuple):
    order: Tensor  # (batch,) rows sorted by class, unknown first
    index: Tensor  # (batch + size,) class of each sorted row, then -2
    opens: Tensor  # (batch,) whether a sorted row is the first of a block
    place: Tensor  # (batch,) where each sorted row stands in the blocks
    size: Tensor  # rows of a block


def on_cpu(x: Tensor) -> bool:
    """Return whether the machine has no accelerator."""
    return len(tf.config.list_logical_devices()) == len(tf.config.list_logical_devices("CPU"))


def exporting(x: Tensor) -> bool:
    """Return False: an exported graph has loops as well."""
    return False


def product(x: Tensor, kernels: Tensor, index: Tensor) -> Tensor:
    """Return `x[i] @ kernels[index[i]]`, zero where `index[i] < 0`; `(batch, t, u)`."""
    few = kernels.shape[0] <= _FEW and not xla.in_xla()
    return (_few if few else _product)(x, tf.convert_to_tensor(kernels), index)


@tf.custom_gradient
def _few(x: Tensor, kernels: Tensor, index: Tensor) -> tuple[Tensor, Callable[..., Any]]:
    classes, depth, width = kernels.shape
    order = tf.argsort(index, stable=True)
    place = tf.argsort(order)
    sizes = tf.math.bincount(index + 1, minlength=classes + 1, maxlength=classes + 1)

    def split(rows: Tensor, last: int) -> list[Tensor]:  # unknown, then class by class
        rows = tf.split(tf.gather(rows, order), sizes, num=classes + 1)
        return [tf.reshape(part, (-1, last)) for part in rows]

    def joined(parts: list[Tensor], last: int) -> Tensor:
        return tf.gather(tf.reshape(tf.concat(parts, 0), (-1, tf.shape(x)[1], last)), place)

    unknown, *rows = split(x, depth)
    own = tf.unstack(kernels)
    done = [tf.matmul(left, kernel) for left, kernel in zip(rows, own, strict=True)]

    def backward(grad: Tensor) -> tuple[Tensor, Tensor, None]:
        _, *grads = split(grad, width)
        by_row = [
            tf.matmul(g, kernel, transpose_b=True) for g, kernel in zip(grads, own, strict=True)
        ]
        by_kernel = [
            tf.matmul(left, g, transpose_a=True) for left, g in zip(rows, grads, strict=True)
        ]
        return joined([tf.zeros_like(unknown), *by_row], depth), tf.stack(by_kernel), None

    return joined([tf.zeros((tf.shape(unknown)[0], width), x.dtype), *done], width), backward


@tf.custom_gradient
def _product(x: Tensor, kernels: Tensor, index: Tensor) -> tuple[Tensor, Callable[..., Any]]:
    def backward(grad: Tensor) -> tuple[Tensor, Tensor, None]:
        by_row = _as_graph(_rows, grad, kernels, index, True)
        by_kernel = _as_graph(_kernel_grad, x, grad, kernels, index)
        if not tf.is_tensor(by_kernel):
            by_kernel = tf.IndexedSlices(*by_kernel, tf.shape(kernels))
        return by_row, by_kernel, None

    return _as_graph(_rows, x, kernels, index, False), backward


def _blocks(index: Tensor, classes: int, positions: Tensor) -> _Blocks:
    batch = tf.shape(index)[0]
    order = tf.argsort(index, stable=True)
    index = tf.gather(index, order)
    row = tf.range(batch)
    first = tf.concat([tf.ones_like(row[:1], tf.bool), index[1:] != index[:-1]], 0)
    group = tf.cumsum(tf.cast(first, tf.int32)) - 1
    # Four times the mean number of rows of a class: few classes then need a second block. XLA needs
    # a size that the data do not change, so that it cannot leave out the classes without rows.
    occur = tf.minimum(classes, batch) if xla.in_xla() else group[-1] + 1
    size = tf.maximum(tf.minimum(4 * (batch // occur), _HIGH // positions), 1)
    within = row - tf.gather(tf.math.unsorted_segment_min(row, group, batch), group)
    opens = within % size == 0
    place = (tf.cumsum(tf.cast(opens, tf.int32)) - 1) * size + within % size
    return _Blocks(order, tf.pad(index, [[0, size]], constant_values=-2), opens, place, size)


def _rows(x: Tensor, kernels: Tensor, index: Tensor, transpose: bool) -> Tensor:
    blocks = _blocks(index, kernels.shape[0], tf.shape(x)[1])
    width = kernels.shape[1 if transpose else 2]

    def block(start: Tensor) -> Tensor:
        left = tf.slice(rows, [start, 0, 0], [blocks.size, -1, -1])
        kernel = tf.gather(kernels, tf.maximum(blocks.index[start], 0))
        return tf.matmul(tf.reshape(left, (-1, x.shape[2])), kernel, transpose_b=transpose)

    rows = _sorted(x, blocks)
    if xla.in_xla():
        out = xla.rows(rows, kernels, _fixed(blocks), transpose)
    else:
        out = _for_each(block, _starts(blocks), x.dtype, (None, width))
        out = tf.gather(tf.reshape(out, (-1, tf.shape(x)[1], width)), blocks.place)
    out = tf.gather(out, tf.argsort(blocks.order))
    return tf.where(index[:, None, None] >= 0, out, tf.zeros((), x.dtype))


def _kernel_grad(
    x: Tensor, grad: Tensor, kernels: Tensor, index: Tensor
) -> Tensor | tuple[Tensor, Tensor]:
    blocks = _blocks(index, kernels.shape[0], tf.shape(x)[1])
    rows, grads = _sorted(x, blocks), _sorted(grad, blocks)
    if xla.in_xla():
        return xla.kernel_grad(rows, grads, kernels, _fixed(blocks))
    # One batched product: a loop would hold its results twice, one by one and stacked.
    starts = _starts(blocks)
    own = tf.gather(blocks.index, starts)
    within = starts[:, None] + tf.range(blocks.size)  # (blocks, size)
    mine = (tf.gather(blocks.index, within) == own[:, None]) & (own >= 0)[:, None]
    left = tf.where(mine[:, :, None, None], tf.gather(rows, within), tf.zeros((), x.dtype))
    left = tf.reshape(left, (tf.size(own), -1, kernels.shape[1]))
    right = tf.reshape(tf.gather(grads, within), (tf.size(own), -1, kernels.shape[2]))
    return tf.matmul(left, right, transpose_a=True), tf.maximum(own, 0)


def _starts(blocks: _Blocks) -> Tensor:
    return tf.cast(tf.where(blocks.opens)[:, 0], tf.int32)


def _fixed(blocks: _Blocks) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return the first rows of the blocks in a fixed shape, and how many blocks there are."""
    late = tf.cast(tf.logical_not(blocks.opens), tf.int32)
    starts = tf.argsort(late, stable=True)
    return starts, tf.reduce_sum(1 - late), blocks.index, blocks.size


def _sorted(x: Tensor, blocks: _Blocks) -> Tensor:
    return tf.pad(tf.gather(x, blocks.order), [[0, blocks.size], [0, 0], [0, 0]])


def _for_each(block: Callable[..., Any], starts: Tensor, dtype: tf.DType, shape: Shape) -> Tensor:
    count = tf.shape(starts)[0]

    def body(number: Tensor, done: Tensor) -> tuple[Tensor, Tensor]:
        return number + 1, done.write(number, block(starts[number]))

    done = tf.TensorArray(dtype, count, element_shape=shape)
    return tf.while_loop(lambda number, _: number < count, body, (0, done))[1].stack()


@tf.function
def _in_graph(function: Callable[..., Any], *arguments: Any) -> Tensor:
    return function(*arguments)


def _as_graph(function: Callable[..., Any], *arguments: Any) -> Tensor:
    """Call `function`; in eager mode as a graph, since its loop would be a Python loop."""
    if tf.executing_eagerly():
        return _in_graph(function, *arguments)
    return function(*arguments)
