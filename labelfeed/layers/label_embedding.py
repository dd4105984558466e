"""A label as a learned vector, to concatenate with features."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import keras
import numpy as np
from keras import ops

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers._texts import documented
from labelfeed.layers.base import LabelLayer, dropout_rate, feature_width
from labelfeed.types import ArrayLike, Identifier, Shape, Shapes, Tensor

__all__ = ["LabelEmbedding"]


@keras.saving.register_keras_serializable(package="labelfeed")
@documented
class LabelEmbedding(LabelLayer):
    """Turn a label into a vector; unknown has a row of its own, allocated from the start.

    `single`: `activation(E[y] + b)`; `multi`: `activation(sum_j E[j, state_j] + b)`, with three
    states (absent, present, unknown) for each label.

    Args:
        width: Length of the vector, >= 1.
        {spec}
        mode: `"embedding"` looks the row up; `"one_hot"` multiplies one-hot states with a dense
            kernel and adds a bias. The same function class (the bias apart): look-up is faster
            with many classes; the dense product keeps its gradient dense.
        {activation}
        dropout: Probability in [0, 1) that a unit of the vector is zeroed in training.
        {label_dropout}
        embeddings_initializer: Initializer of the rows.
        embeddings_regularizer: Regularizer of the rows (weight decay of the loss; decoupled decay
            comes with `keras.optimizers.AdamW`).
        vectors: What is known of the classes already, `(num_classes, width)`: attributes, or
            embeddings of their descriptions. The rows of a single label start there; that of
            unknown starts at their mean.
        tune_vectors: Whether given vectors are trained; unknown's is in any case.
        {label_kwargs}

    Input shape:
        {label}
        Or a list `[features, label]`, whose label is read.

    Output shape:
        `(batch, width)`; for `[features, label]` the features with the vector appended to their
        last axis (`(batch, d + width)`; spatial axes are broadcast).

    References:
        Mikolov et al. 2013, Efficient estimation of word representations in vector space.

    Example:
        >>> import numpy as np
        >>> from labelfeed import LabelSpec
        >>> layer = LabelEmbedding(4, LabelSpec.single(3))
        >>> tuple(layer([np.ones((2, 5)), np.array([1, -1])]).shape)
        (2, 9)
    """

    def __init__(
        self,
        width: int,
        spec: LabelSpec,
        mode: Literal["embedding", "one_hot"] = "embedding",
        activation: Identifier | None = None,
        dropout: float = 0.0,
        label_dropout: float = 0.0,
        embeddings_initializer: Identifier = "uniform",
        embeddings_regularizer: Identifier | None = None,
        vectors: ArrayLike | None = None,
        tune_vectors: bool = True,
        **kwargs: Any,
    ) -> None:
        """Check and store the arguments."""
        super().__init__(spec, label_dropout, **kwargs)
        if not isinstance(width, int) or width < 1:
            raise ValueError(f"width must be an integer >= 1, got {width!r}.")
        if mode not in ("embedding", "one_hot"):
            raise ValueError(f"mode must be 'embedding' or 'one_hot', got {mode!r}.")
        self.width = width
        self.mode = mode
        self.activation = keras.activations.get(activation)
        self.dropout = dropout_rate(dropout, "dropout")
        self.embeddings_initializer = keras.initializers.get(embeddings_initializer)
        self.embeddings_regularizer = keras.regularizers.get(embeddings_regularizer)
        self.vectors = None if vectors is None else np.asarray(vectors, np.float32)
        self.tune_vectors = tune_vectors
        if self.vectors is not None:
            wanted = (self.spec.num_classes, width)
            if self.spec.kind == "multi" or mode != "embedding":
                raise ValueError("vectors go with a single label and mode='embedding'.")
            if self.vectors.shape != wanted or not np.isfinite(self.vectors).all():
                raise ValueError(
                    f"vectors must be finite and of shape (num_classes, width) = {wanted}, got "
                    f"{self.vectors.shape}."
                )
        self.drop = (
            keras.layers.Dropout(self.dropout, dtype=self.dtype_policy) if self.dropout else None
        )

    def build(self, input_shape: Shapes) -> None:
        """Allocate a row for every state of every label, unknown included."""
        if any(isinstance(shape, (list, tuple)) for shape in input_shape):
            feature_width(self, input_shape)
        rows = self.num_states * self.spec.num_entries
        if self.vectors is not None:
            rows = self._build_given(self.vectors)
        self.embeddings = self.add_weight(
            shape=(rows, self.width),
            initializer=self._initializer(),
            regularizer=self.embeddings_regularizer,
            name="embeddings",
        )
        if self.mode == "one_hot":
            self.bias = self.add_weight(shape=(self.width,), initializer="zeros", name="bias")

    def _build_given(self, vectors: np.ndarray) -> int:
        """Keep frozen vectors apart from what is trained; return how many rows are trained."""
        self._rows = np.concatenate([vectors, vectors.mean(0, keepdims=True)])
        if self.tune_vectors:
            return len(self._rows)
        self.frozen = self.add_weight(
            shape=vectors.shape,
            initializer=lambda shape, dtype=None: ops.convert_to_tensor(vectors, dtype=dtype),
            trainable=False,
            name="vectors",
        )
        self._rows = self._rows[-1:]
        return 1

    def _initializer(self) -> Identifier:
        if self.vectors is None:
            return self.embeddings_initializer
        return lambda shape, dtype=None: ops.convert_to_tensor(self._rows, dtype=dtype)

    def call(self, inputs: Tensor | Sequence[Tensor], training: bool | None = None) -> Tensor:
        """Return the vector, or the features with the vector appended."""
        features, label = inputs if isinstance(inputs, (list, tuple)) else (None, inputs)
        label = self.checked_label(label, training)
        if self.mode == "one_hot":
            vector = ops.matmul(self.one_hot_states(label), self.embeddings) + self.bias
        elif self.spec.kind == "single":
            table = self.embeddings
            if self.vectors is not None and not self.tune_vectors:
                table = ops.concatenate([self.frozen, table])
            vector = ops.take(table, self.states(label), axis=0)
        else:
            first = ops.arange(self.spec.num_classes, dtype="int32") * self.num_states
            rows = ops.take(self.embeddings, self.states(label) + first, axis=0)
            vector = ops.sum(rows, axis=1)  # (batch, num_classes, width) -> (batch, width)
        vector = self.activation(ops.cast(vector, self.compute_dtype))
        if self.drop is not None:
            vector = self.drop(vector, training=training)
        return vector if features is None else append_last(features, vector)

    def compute_output_shape(self, input_shape: Shapes) -> Shape:
        """Return the output's shape."""
        first = input_shape[0]
        if isinstance(first, (list, tuple)):
            return (*first[:-1], first[-1] + self.width)
        return (first, self.width)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "width": self.width,
            "mode": self.mode,
            "activation": keras.activations.serialize(self.activation),
            "dropout": self.dropout,
            "embeddings_initializer": keras.initializers.serialize(self.embeddings_initializer),
            "embeddings_regularizer": keras.regularizers.serialize(self.embeddings_regularizer),
            "vectors": None if self.vectors is None else self.vectors.tolist(),
            "tune_vectors": self.tune_vectors,
        }


def append_last(features: Tensor, vector: Tensor) -> Tensor:
    """Append `(batch, width)` to the last axis of `(batch, ..., d)` features."""
    for _ in features.shape[1:-1]:
        vector = vector[:, None]
    shape = (*ops.shape(features)[:-1], vector.shape[-1])
    return ops.concatenate([features, ops.broadcast_to(vector, shape)], axis=-1)
