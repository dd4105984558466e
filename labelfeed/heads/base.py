"""What every head shares: scores that no label enters, and a loss that one does."""

from __future__ import annotations

from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops

from labelfeed.heads._texts import documented
from labelfeed.labels.spec import LabelSpec
from labelfeed.types import ArrayLike, KerasLayer, KerasModel, Tensor

__all__ = ["LabelHead", "RowLosses", "fitting_label", "label_ids", "positive"]


class RowLosses(NamedTuple):
    """What a head makes of a batch with labels.

    Attributes:
        losses: float32 `(batch,)`, loss of each row; 0 where not counted.
        counted: float32 `(batch,)`, 1 where the row has a loss, 0 where its label is unknown.
        correct: float32 `(batch,)`, 1 where the label-free scores are greatest at the label;
            `None` for heads without class scores.
    """

    losses: Tensor
    counted: Tensor
    correct: Tensor


@documented
class LabelHead(keras.layers.Layer):
    """A layer that turns an embedding into class scores, and a label into a loss in training.

    `head(embedding)` returns scores. `head(embedding, label)` returns *the same* scores, and adds
    the batch's mean loss to the model's (`add_loss`): with the margin in training, without it in
    validation. The label never reaches the scores, so nothing that is scored has read it.

    Everything is computed in float32 under any dtype policy, and the centres are float32.
    Rows whose label is -1 (unknown) have no loss. A label beyond the classes makes the loss NaN:
    a compiled step cannot raise; `MarginModel` checks labels before they get there.

    Args:
        num_classes: Number of classes, >= 2, or `None` for heads without class scores.
        {kwargs}
    """

    by_row = True  # whether the loss of a row is the same whatever other rows are in the batch
    spare_classes = 0  # added so that the classes divide among devices; they count nowhere

    def __init__(self, num_classes: int | None, **kwargs: Any) -> None:
        """Check and store the number of classes."""
        super().__init__(autocast=False, **kwargs)
        if num_classes is not None and (isinstance(num_classes, bool) or int(num_classes) < 2):
            raise ValueError(f"{type(self).__name__} needs num_classes >= 2, got {num_classes!r}.")
        self.num_classes = None if num_classes is None else int(num_classes)

    def row_losses(
        self, embedding: Tensor, label: Tensor, training: bool | None = None
    ) -> RowLosses:
        """Return the loss of each row.

        Args:
            embedding: `(batch, dimension)` of any float type.
            label: Integers `(batch,)`, -1 where unknown.
            training: Whether the margin applies. Without it the loss is that of the scores.
        """
        raise NotImplementedError

    def scores(self, embedding: Tensor) -> Tensor:
        """Return float32 label-free class scores, `(batch, num_classes)`."""
        raise NotImplementedError

    def probabilities(self, scores: Tensor) -> Tensor:
        """Return class probabilities `(batch, num_classes)` for what `scores` returned."""
        raise NotImplementedError

    def call(
        self, embedding: Tensor, label: Tensor | None = None, training: bool | None = None
    ) -> Tensor:
        """Return the scores; with a label, add the batch's mean loss too."""
        if label is not None:
            rows = self.row_losses(embedding, label, training)
            self.add_loss(ops.sum(rows.losses) / ops.maximum(ops.sum(rows.counted), 1.0))
        return self.scores(embedding)

    def checked(self, embedding: Tensor, label: Tensor | None = None) -> Tensor:
        """Raise `ValueError` for wrong shapes; return the label as int32 `(batch,)`."""
        if len(embedding.shape) != 2:
            raise ValueError(
                f"{type(self).__name__} expects embeddings of shape (batch, dimension), got "
                f"{tuple(embedding.shape)}. Flatten or pool before the head."
            )
        if label is None:
            return None
        if len(label.shape) == 2 and label.shape[1] == 1:
            label = label[:, 0]
        if len(label.shape) != 1:
            raise ValueError(
                f"{type(self).__name__} expects label ids of shape (batch,), got "
                f"{tuple(label.shape)}. Turn one-hot rows into ids, with -1 where unknown."
            )
        return ops.cast(label, "int32")

    def masked(self, losses: Tensor, label: Tensor, correct: Tensor) -> RowLosses:
        """Return `RowLosses` without rows of unknown label; NaN for labels beyond the classes."""
        counted = label >= 0
        losses = ops.where(counted, losses, 0.0)
        if self.num_classes is not None:
            losses = ops.where(label < self.num_classes, losses, float("nan"))
        mask = ops.cast(counted, "float32")
        return RowLosses(losses, mask, ops.cast(correct, "float32") * mask)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        config = super().get_config()
        if self.num_classes is not None:
            config["num_classes"] = self.num_classes
        return config


def positive(value: float, name: str) -> float:
    """Return `value` as float; raise `ValueError` unless it is finite and > 0."""
    number = float(value)
    if not 0 < number < float("inf"):
        raise ValueError(f"{name} must be finite and > 0, got {value!r}.")
    return number


def label_ids(label: ArrayLike, num_classes: int) -> np.ndarray:
    """Return label ids as int64 `(n,)`, or say what is expected.

    Args:
        label: Ids in 0 .. num_classes - 1, -1 where unknown.
        num_classes: Number of classes.

    Raises:
        ValueError: Labels are names, fractions or rows, or out of range; names the row.
    """
    found = np.asarray(label)
    if found.ndim != 1:
        raise ValueError(f"Expected labels of shape (n,), got {found.shape}.")
    if found.dtype.kind in "OUS":
        try:
            found = found.astype(np.float64)
        except (TypeError, ValueError):
            raise ValueError(
                f"Expected label ids, got {found.dtype} such as {found[0]!r}. Turn names into ids "
                "with LabelSpec.encode(labels)."
            ) from None
    wrong = np.flatnonzero(~((found >= -1) & (found < num_classes) & (found == np.floor(found))))
    if len(wrong):
        row = int(wrong[0])
        raise ValueError(
            f"Row {row}: the label is {found[row]}; expected an id in 0 .. {num_classes - 1}, "
            "or -1 where unknown."
        )
    ids: np.ndarray = found.astype(np.int64)
    return ids


def fitting_label(embedder: KerasModel, head: KerasLayer, label: LabelSpec | None) -> LabelSpec:
    """Return the label's spec; raise `ValueError` unless embedder, head and label fit together."""
    outputs = getattr(embedder, "outputs", None)
    if not isinstance(embedder, keras.Model) or not outputs or len(outputs) != 1:
        raise ValueError(
            "embedder must be a keras.Model with known inputs and one output, for example "
            f"keras.Model(x, keras.layers.Dense(64)(x)); got {type(embedder).__name__}."
        )
    if not isinstance(head, LabelHead):
        raise ValueError(f"head must be one of labelfeed.heads, got {type(head).__name__}.")
    if len(outputs[0].shape) != 2 or outputs[0].shape[1] is None:
        raise ValueError(
            f"The embedder's output must be (batch, dimension), got {tuple(outputs[0].shape)}. "
            "Flatten or pool before the head."
        )
    if label is None:
        if head.num_classes is None:
            raise ValueError(f"{type(head).__name__} counts no classes: give label=LabelSpec(...).")
        return LabelSpec.single(head.num_classes)
    if label.kind != "single" or head.num_classes not in (None, label.num_classes):
        raise ValueError(
            f"The head has {head.num_classes} classes; the label {label.name!r} is {label.kind} "
            f"with {label.num_classes}. It must be a single label with as many classes."
        )
    return label
