"""The loss and the gradients of a head, on whichever backend runs, as NumPy arrays."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops


def batch_loss(rows: Any) -> Any:
    return ops.sum(rows.losses) / ops.maximum(ops.sum(rows.counted), 1.0)


def loss_and_gradients(
    head: Any, embedding: np.ndarray, label: np.ndarray, training: bool = True
) -> tuple[float, np.ndarray, np.ndarray | None]:
    """Return the batch's mean loss and its gradient by the embedding and by the centres."""
    if not head.built:
        head.build((None, embedding.shape[1]))
    label = ops.convert_to_tensor(np.asarray(label, np.int32))
    centres = getattr(head, "centres", None)
    backend = keras.backend.backend()
    if backend == "jax":
        return _jax(head, embedding, label, training, centres)
    if backend == "tensorflow":
        import tensorflow as tf

        x = tf.Variable(embedding)
        with tf.GradientTape() as tape:
            loss = batch_loss(head.row_losses(tf.convert_to_tensor(x), label, training))
        wanted = [x] if centres is None else [x, centres.value]
        found = tape.gradient(loss, wanted, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        found = [tf.convert_to_tensor(g) for g in found]
    else:
        x = ops.convert_to_tensor(embedding).detach().clone().requires_grad_(True)
        if centres is not None:
            centres.value.grad = None
        loss = batch_loss(head.row_losses(x, label, training))
        loss.backward()
        found = [x.grad]
        if centres is not None:
            grad = centres.value.grad
            found.append(ops.zeros_like(centres.value) if grad is None else grad)
    arrays = [_numpy(g) for g in found]
    return float(_numpy(loss)), arrays[0], arrays[1] if centres is not None else None


def rows_of(head: Any, embedding: np.ndarray, label: Any, training: bool = True) -> Any:
    """Return `head.row_losses(...)` as NumPy arrays; the head's state advances."""
    if not head.built:
        head.build((None, embedding.shape[1]))
    x, y = ops.convert_to_tensor(embedding), ops.convert_to_tensor(np.asarray(label, np.int32))
    if keras.backend.backend() != "jax":
        rows = head.row_losses(x, y, training)
    else:  # op by op JAX compiles each op by itself, which takes seconds
        import jax

        @jax.jit
        def run(trainable: Any, frozen: Any, x: Any, y: Any) -> Any:
            weights = [*head.trainable_variables, *head.non_trainable_variables]
            mapping = list(zip(weights, [*trainable, *frozen], strict=True))
            with keras.StatelessScope(state_mapping=mapping) as scope:
                rows = head.row_losses(x, y, training)
            return rows, [scope.get_current_value(v) for v in head.non_trainable_variables]

        values = [v.value for v in head.trainable_variables]
        frozen = [v.value for v in head.non_trainable_variables]
        rows, frozen = run(values, frozen, x, y)
        for variable, value in zip(head.non_trainable_variables, frozen, strict=True):
            variable.assign(value)
    return type(rows)(*(None if part is None else _numpy(part) for part in rows))


def feed(head: Any, x: np.ndarray, label: np.ndarray | None = None) -> tuple[np.ndarray, int]:
    """Return the scores of `head(x, label, training=True)` and the number of added losses."""
    if keras.backend.backend() != "jax":
        scores = head(x) if label is None else head(x, label, training=True)
        return ops.convert_to_numpy(scores), len(head.losses)
    import jax

    arguments = (x,) if label is None else (x, label)
    state = (
        [v.value for v in head.trainable_variables],
        [v.value for v in head.non_trainable_variables],
    )
    scores, _, losses = jax.jit(
        lambda a, b, *given: head.stateless_call(a, b, *given, training=True, return_losses=True)
    )(*state, *arguments)
    return np.asarray(scores), len(losses)


def _jax(head: Any, embedding: Any, label: Any, training: bool, centres: Any) -> Any:
    import jax

    def loss(x: Any, table: Any) -> Any:
        mapping = [] if centres is None else [(centres, table)]
        with keras.StatelessScope(state_mapping=mapping) as scope:
            value = batch_loss(head.row_losses(x, label, training))
        state = [scope.get_current_value(v) for v in head.non_trainable_variables]
        return value, state

    table = ops.zeros(()) if centres is None else centres.value
    (value, state), found = jax.jit(jax.value_and_grad(loss, argnums=(0, 1), has_aux=True))(
        ops.convert_to_tensor(embedding), table
    )
    for variable, new in zip(head.non_trainable_variables, state, strict=True):
        if new is not None:
            variable.assign(new)
    return float(value), _numpy(found[0]), None if centres is None else _numpy(found[1])


def _numpy(tensor: Any) -> np.ndarray:
    return np.asarray(ops.convert_to_numpy(ops.cast(tensor, "float32")), np.float64)
