"""What the layers that modulate features share: vectors looked up by one or several side labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers._texts import documented
from labelfeed.layers.base import dropout_rate, feature_width
from labelfeed.layers.label_embedding import LabelEmbedding
from labelfeed.types import Identifier, Shape, Shapes, Tensor

__all__ = ["ModulationLayer", "spread"]


@documented
class ModulationLayer(keras.layers.Layer):
    """A layer whose scales and shifts are looked up by labels; those of several labels add up.

    Each label has a table with a row for each class (for multi labels: for absent, present and
    unknown of each), unknown included. All rows start at zero, so that the layer starts without
    any effect of the labels; the row of a class that training never met stays there.

    Args:
        {specs}
        {modulation}

    Attributes:
        vectors: Vectors as wide as the features that are looked up, set by the subclass.
    """

    vectors = 2

    def __init__(
        self,
        spec: LabelSpec | Sequence[LabelSpec],
        label_dropout: float = 0.0,
        label_corruption: float = 0.0,
        modulation_regularizer: Identifier | None = None,
        **kwargs: Any,
    ) -> None:
        """Check and store the arguments."""
        super().__init__(**kwargs)
        given: list[Any] = list(spec) if isinstance(spec, (list, tuple)) else [spec]
        self.specs = [LabelSpec.from_config(s) for s in given]
        if not self.specs:
            raise ValueError("spec must be a LabelSpec or a non-empty list of them, got [].")
        self.label_dropout = dropout_rate(label_dropout, "label_dropout")
        self.label_corruption = dropout_rate(label_corruption, "label_corruption")
        self.modulation_regularizer = keras.regularizers.get(modulation_regularizer)
        self.tables: list[LabelEmbedding] = []

    def build(self, input_shape: Shapes) -> None:
        """Allocate the tables."""
        width = feature_width(self, input_shape, [s.name for s in self.specs])
        self.tables = [
            LabelEmbedding(
                self.vectors * width,
                spec,
                label_dropout=self.label_dropout,
                label_corruption=self.label_corruption,
                embeddings_initializer="zeros",
                embeddings_regularizer=self.modulation_regularizer,
                name=f"of_label_{number}",
                dtype=self.dtype_policy,
            )
            for number, spec in enumerate(self.specs)
        ]
        for table, shape in zip(self.tables, input_shape[1:], strict=True):
            table.build(shape)

    def modulation(
        self, labels: Sequence[Tensor], training: bool | None, like: Tensor
    ) -> list[Tensor]:
        """Return `vectors` tensors that multiply with features `like`, zero at the start."""
        pairs = zip(self.tables, labels, strict=True)
        total = sum(table(label, training=training) for table, label in pairs)
        width = like.shape[-1]
        return [spread(total[:, i * width : (i + 1) * width], like) for i in range(self.vectors)]

    def compute_output_shape(self, input_shape: Shapes) -> Shape:
        """Return the output's shape, that of the features."""
        return tuple(input_shape[0])

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        specs = [s.get_config() for s in self.specs]
        return {
            **super().get_config(),
            "spec": specs if len(specs) > 1 else specs[0],
            "label_dropout": self.label_dropout,
            "label_corruption": self.label_corruption,
            "modulation_regularizer": keras.regularizers.serialize(self.modulation_regularizer),
        }


def spread(vector: Tensor, features: Tensor) -> Tensor:
    """Return `(batch, d)` with an axis of 1 for each axis of `(batch, ..., d)` features."""
    for _ in features.shape[1:-1]:
        vector = vector[:, None]
    return vector
