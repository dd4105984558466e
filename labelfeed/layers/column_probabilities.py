"""From logits to probabilities: softmax over the classes of a column, sigmoid for yes/no."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from labelfeed.labels.spec import LabelSpec
from labelfeed.types import Shape, Shapes, Tensor

__all__ = ["ColumnProbabilities"]


@keras.saving.register_keras_serializable(package="labelfeed")
class ColumnProbabilities(keras.layers.Layer):
    """Return probabilities of a label: of each yes/no label, and of the classes of each column.

    `p_j = sigmoid(z_j)` for a yes/no label and `p_j = exp(z_j) / sum_i exp(z_i)` over the classes
    `i` of the column that `j` belongs to, in float32 at any policy. It reads no label.

    Args:
        spec: `LabelSpec`, or its config; a single label is one column of classes.
        **kwargs: `name`, `trainable`.

    Input shape:
        `(batch, num_classes)` logits.

    Output shape:
        `(batch, num_classes)`.

    Example:
        >>> import numpy as np
        >>> colour = LabelSpec.single(["red", "green"], name="colour")
        >>> layer = ColumnProbabilities(LabelSpec.columns([colour, "fever"]))
        >>> [float(p) for p in layer(np.zeros((1, 3)))[0]]
        [0.5, 0.5, 0.5]
    """

    def __init__(self, spec: LabelSpec, **kwargs: Any) -> None:
        """Check and store the spec."""
        kwargs["dtype"] = "float32"
        super().__init__(**kwargs)
        self.spec = LabelSpec.from_config(spec)

    def call(self, logits: Tensor) -> Tensor:
        """Return the probabilities."""
        parts: list[Tensor] = []
        start = 0  # of the yes/no labels that wait for their sigmoid
        for column in self.spec.label_columns:
            if column.of_classes:
                first, end = column.places[0], column.places[-1] + 1
                if first > start:
                    parts.append(ops.sigmoid(logits[:, start:first]))
                parts.append(ops.softmax(logits[:, first:end], axis=-1))
                start = end
        if start < self.spec.num_classes:
            parts.append(ops.sigmoid(logits[:, start:]))
        return parts[0] if len(parts) == 1 else ops.concatenate(parts, axis=-1)

    def compute_output_shape(self, input_shape: Shapes) -> Shape:
        """Return the shape of the logits."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "spec": self.spec.get_config()}
