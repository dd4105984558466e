"""Products of rows grouped by class on TensorFlow under XLA, which wants every shape fixed.

The loop of `_grouped_tensorflow` makes as many blocks as the data ask for; XLA on CPU refuses that.
Here, as on JAX, the loop writes the output and the dense gradient in place: XLA does not copy them.
"""

from __future__ import annotations

from collections.abc import Sequence

import tensorflow as tf
from tensorflow.compiler.tf2xla.python.xla import dynamic_update_slice

from labelfeed.types import Tensor

__all__ = ["in_xla", "kernel_grad", "rows"]


def in_xla() -> bool:
    """Return whether the graph being traced is compiled by XLA (as `tf.while_loop` finds out)."""
    graph = tf.compat.v1.get_default_graph()
    while graph is not None:
        context = getattr(graph, "_get_control_flow_context", lambda: None)()
        while context is not None:
            if context.IsXLAContext():
                return True
            context = context.outer_context
        graph = getattr(graph, "outer_graph", None)
    return False


def rows(left: Tensor, kernels: Tensor, blocks: Sequence[Tensor], transpose: bool) -> Tensor:
    """Return each sorted row times its kernel, `(batch, t, u)`; rows of no class are undefined.

    Args:
        left: Sorted rows, `(batch + size, t, d)`.
        kernels: `(num_classes, d, u)`.
        blocks: First rows of the blocks, how many there are, the class of each row, and the size.
        transpose: Whether to multiply with transposed kernels.
    """
    starts, count, index, size = blocks
    shape = tf.shape(left)
    width = kernels.shape[1 if transpose else 2]

    def body(number: Tensor, out: Tensor) -> tuple[Tensor, Tensor]:
        # A block may reach past its class: the next one, which starts there, writes over it.
        start = starts[number]
        block = tf.reshape(tf.slice(left, [start, 0, 0], [size, -1, -1]), (-1, left.shape[2]))
        kernel = tf.gather(kernels, tf.maximum(index[start], 0))
        done = tf.matmul(block, kernel, transpose_b=transpose)
        done = tf.reshape(done, (-1, shape[1], width))
        return number + 1, dynamic_update_slice(out, done, [start, 0, 0])

    out = tf.zeros(tf.stack([shape[0], shape[1], width]), left.dtype)
    out = tf.while_loop(lambda number, _: number < count, body, (0, out))[1]
    return out[: shape[0] - size]


def kernel_grad(left: Tensor, right: Tensor, kernels: Tensor, blocks: Sequence[Tensor]) -> Tensor:
    """Return the dense gradient of the kernels from sorted rows and their gradients."""
    starts, count, index, size = blocks
    depth, width = kernels.shape[1:]

    def body(number: Tensor, out: Tensor) -> tuple[Tensor, Tensor]:
        start = starts[number]
        own = index[start]
        mine = (tf.slice(index, [start], [size]) == own) & (own >= 0)
        block = tf.where(mine[:, None, None], tf.slice(left, [start, 0, 0], [size, -1, -1]), 0)
        other = tf.slice(right, [start, 0, 0], [size, -1, -1])
        block, other = tf.reshape(block, (-1, depth)), tf.reshape(other, (-1, width))
        own = tf.maximum(own, 0)
        done = tf.gather(out, own) + tf.matmul(block, other, transpose_a=True)
        return number + 1, dynamic_update_slice(out, done[None], [own, 0, 0])

    out = tf.zeros(kernels.shape, kernels.dtype)
    return tf.while_loop(lambda number, _: number < count, body, (0, out))[1]
