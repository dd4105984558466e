"""An optimizer's update of the class centres that a step drew, and of no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from labelfeed.heads.cosine import CosineHead
from labelfeed.models.keras_private import build_optimizer, on_state, optimizer_slots
from labelfeed.types import KerasModel, KerasOptimizer, Logs, State, Tensor, Variable

__all__ = ["RowUpdates"]

# Their update of a weight depends on that weight alone, and they keep numbers for each weight.
_BY_WEIGHT = ("SGD", "Adagrad", "Adadelta", "RMSprop", "Adam", "Adamax", "Nadam", "Lion", "Ftrl")


class RowUpdates:
    """Let any Keras optimizer see only the centres that a step draws, not the whole table.

    Before a step the rows drawn, and their part of the optimizer's state (momentum, moments, ...),
    are copied out of tables of all classes into weights of the size of the draw. On those Keras
    runs its own step; after it the rows go back. So gradient and update cost what the draw costs,
    and rows that were not drawn keep centre and state: for Adam this is "lazy Adam".

    Memory: the centres, one table of their size for each slot of the optimizer (SGD none, with
    momentum one, Adam two), and a few times the rows drawn.

    Args:
        model: A `keras.Model` with a built `head`.

    Attributes:
        rows: Trainable weight, the centres that the step drew.

    Raises:
        ValueError: The head samples no classes, or has a regularizer of all centres.
    """

    def __init__(self, model: KerasModel) -> None:
        """Freeze the table of the head and add the weight that is trained in its place."""
        head = model.head
        if not isinstance(head, CosineHead) or head.drawn_classes == head.num_classes:
            raise ValueError(
                "sparse_update updates the classes that a step draws: give the head a share, for "
                "example ArcFace(100_000, sample=0.1)."
            )
        if head.centre_regularizer is not None:
            raise ValueError(
                "A centre_regularizer touches all centres at each step; sparse_update is there "
                "to avoid that. Use weight_decay of the optimizer, or sparse_update=False."
            )
        self.head = head
        self.rows = model.add_weight(
            shape=(head.drawn_classes * head.sub_centres, head.centres.shape[1]),
            initializer="zeros",
            dtype="float32",
            autocast=False,
            name="drawn_centres",
        )
        self.pairs: list[tuple[Variable, Variable]] = []
        head.centres.trainable = False

    def attach(self, optimizer: KerasOptimizer, trainable: list[Variable]) -> None:
        """Build the optimizer, and give it a table of all classes for each slot of the rows.

        Args:
            optimizer: The Keras optimizer of the model.
            trainable: The trainable variables of the model.

        Raises:
            ValueError: The optimizer averages, accumulates, or looks at more than single weights.
        """
        inner: Any = getattr(optimizer, "inner_optimizer", optimizer)
        if not any(isinstance(inner, getattr(keras.optimizers, name)) for name in _BY_WEIGHT):
            raise ValueError(
                f"sparse_update takes optimizers that treat each weight by itself, not "
                f"{type(inner).__name__}. Use {', '.join(_BY_WEIGHT)} or AdamW."
            )
        if inner.use_ema or inner.gradient_accumulation_steps:
            raise ValueError(
                "sparse_update draws other rows at each step, so that use_ema and "
                "gradient_accumulation_steps would mix classes. Leave them off."
            )
        build_optimizer(optimizer, trainable)
        slots = optimizer_slots(optimizer, self.rows)
        tables = {v.name: v for v in optimizer.variables}
        self.pairs = [(self.head.centres, self.rows)]
        for slot in slots:
            name = f"all_{slot.name}"
            table = tables.get(name)
            if table is None:
                start = float(ops.convert_to_numpy(slot.value[0, 0]))
                table = inner.add_variable(
                    tuple(self.head.centres.shape),
                    keras.initializers.Constant(start) if start else "zeros",
                    dtype="float32",
                    name=name,
                )
            self.pairs.append((table, slot))

    def begin(self, label: Tensor) -> tuple[Tensor, Tensor]:
        """Draw the classes of a step and copy their rows out of the tables.

        Args:
            label: int32 ids `(batch,)`, -1 where unknown.

        Returns:
            `(rows, place)` as `CosineHead.draw` does.
        """
        drawn, place = self.head.draw(label)
        for table, rows in self.pairs:
            rows.assign(_gather(table, drawn))
        return drawn, place

    def end(self, drawn: Tensor) -> None:
        """Write the rows that a step has updated back to the tables."""
        for table, rows in self.pairs:
            _scatter(table, drawn, rows)

    def step(
        self, model: KerasModel, label: Tensor, state: list[State], run: Callable[..., Any]
    ) -> Logs:
        """Run a train step of Keras's between `begin` and `end`.

        Args:
            model: The model; under JAX `state` holds the values of its variables.
            label: int32 ids `(batch,)`, -1 where unknown.
            state: `[]`, or under JAX the state of the step in a list.
            run: Takes the state's items and the rows' places; returns what the step does.
        """
        if not state:
            drawn, place = self.begin(label)
            logs = run(place)
            self.end(drawn)
            return logs
        (drawn, place), before = on_state(model, state[0], lambda: self.begin(label))
        logs, after = run(before, place)
        return logs, on_state(model, after, lambda: self.end(drawn))[1]


def _gather(table: Variable, places: Tensor) -> Tensor:
    """Return rows of a table; on TensorFlow without reading, and so copying, all of it."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return tf.gather(table.value, places)
    return ops.take(table, places, axis=0)


def _scatter(table: Variable, places: Tensor, rows: Variable) -> None:
    """Write rows to their places in a table, natively: `keras.ops` would copy all of it."""
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        slices = tf.IndexedSlices(tf.convert_to_tensor(rows), places)
        table.value.scatter_update(slices)
    elif backend == "torch":
        import torch

        with torch.no_grad():
            table.value.index_copy_(0, places.long(), rows.value)
    elif backend == "jax":  # in place, since the step is given its state
        new = table.value.at[places].set(rows.value, unique_indices=True)
        table.assign(new)
    else:
        table.assign(ops.scatter_update(table, places[:, None], ops.convert_to_tensor(rows)))
