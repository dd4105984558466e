"""Naive-Bayes evidence of the known labels, added to the logits of the others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from labelfeed.labels.columns import same_column
from labelfeed.labels.pairwise import pairwise_log_odds
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers._texts import documented
from labelfeed.layers.base import LabelLayer
from labelfeed.types import ArrayLike, Shape, Shapes, Tensor

__all__ = ["NaiveBayesOffset"]


@keras.saving.register_keras_serializable(package="labelfeed")
@documented
class NaiveBayesOffset(LabelLayer):
    """Add to each label's logit what the known labels say about it, by counting.

    `out_j = logit_j + a_j / (1 + r_j (k_j - 1)) * sum_i T[i, y_i, j]` over the `k_j` known labels
    `i != j`, with `T[i, s, j] = log P(y_i = s | y_j = 1) - log P(y_i = s | y_j = 0)`. The tables
    `T` are counted by `adapt` and then frozen. Learned are, for each label, the strength `a_j` in
    (0, `max_strength`) and the redundancy `r_j` in (0, 1): at `r = 0` the evidence of the known
    labels adds up as if they were independent, at `r = 1` it is averaged as if they repeated each
    other. With nothing known the logits pass unchanged, to the bit.

    A column of classes speaks through its present class alone, and is told nothing by itself: `i`
    runs over the other columns. For its classes `T[i, s, j] = log P(y_i = s | y_j = 1) -
    log P(y_i = s)`, which is naive Bayes under the softmax over the column.

    Args:
        {multi_spec}
        max_strength: Upper bound of the strengths, > 0.
        initial_strength: Strength to start from, in (0, `max_strength`).
        smoothing: Pseudo-count of each cell of the tables, > 0.
        {label_dropout}
        {label_kwargs}

    Input shape:
        {logits_and_label}
        Or the label alone.

    Output shape:
        `(batch, num_labels)`: the logits with the offset added, or the offset alone.

    {multi_raises}

    References:
        Maron 1961, Automatic indexing: an experimental inquiry.

    Example:
        >>> import numpy as np
        >>> from labelfeed import LabelSpec
        >>> layer = NaiveBayesOffset(LabelSpec.multi(["cough", "fever"]))
        >>> layer.adapt(np.array([[1, 1], [1, 1], [0, 0], [0, -1]]))
        >>> out = layer([np.zeros((3, 2)), np.array([[-1, -1], [1, -1], [0, -1]])])
        >>> bool(out[0, 1] == 0), bool(out[1, 1] > 0), bool(out[2, 1] < 0)
        (True, True, True)
    """

    built: bool

    multi_only = True

    def __init__(
        self,
        spec: LabelSpec,
        max_strength: float = 1.5,
        initial_strength: float = 0.5,
        smoothing: float = 1.0,
        label_dropout: float = 0.0,
        **kwargs: Any,
    ) -> None:
        """Check the arguments and allocate tables that say nothing until `adapt`."""
        super().__init__(spec, label_dropout, **kwargs)
        if not 0 < initial_strength < max_strength:
            raise ValueError(
                "initial_strength must lie between 0 and max_strength, got "
                f"{initial_strength!r} and {max_strength!r}."
            )
        if not smoothing > 0:
            raise ValueError(f"smoothing must be > 0, got {smoothing!r}.")
        self.max_strength = float(max_strength)
        self.initial_strength = float(initial_strength)
        self.smoothing = float(smoothing)
        self.same = same_column(self.spec)

    def build(self, input_shape: Shapes | None = None) -> None:
        """Allocate the tables and, for each label, strength and redundancy."""
        if self.built:
            return
        labels = self.spec.num_classes
        share = self.initial_strength / self.max_strength
        start = keras.initializers.Constant(math.log(share / (1 - share)))
        exact = {"dtype": "float32", "autocast": False}  # log-odds keep their digits at any policy
        shape = (2, labels, labels)
        self.tables = self.add_weight(shape, "zeros", trainable=False, name="tables", **exact)
        self.strength = self.add_weight((labels,), start, name="strength", **exact)
        tenth = keras.initializers.Constant(math.log(1 / 9))
        self.redundancy = self.add_weight((labels,), tenth, name="redundancy", **exact)
        self.built = True

    def adapt(self, labels: ArrayLike) -> None:
        """Count the tables on training labels; call it before `fit`.

        Args:
            labels: What `LabelSpec.encode` takes, `(n, num_labels)`; -1 where unknown.
        """
        self.build()
        self.tables.assign(pairwise_log_odds(self.spec.encode(labels), self.smoothing, self.spec))

    def call(self, inputs: Tensor | Sequence[Tensor], training: bool | None = None) -> Tensor:
        """Return the logits with the offset added, or the offset alone."""
        logits, label = inputs if isinstance(inputs, (list, tuple)) else (None, inputs)
        label = self.checked_label(label, training)
        known = ops.cast(label >= 0, "float32")
        absent = ops.cast(label == 0, "float32")
        present = known - absent
        counted = known
        if self.spec.class_columns:  # the present class says all that its column has to say, once
            absent = absent * (1.0 - ops.matmul(present, self.same))
            known = ops.minimum(ops.matmul(known, self.same), 1.0)
            counted = known / ops.convert_to_tensor(self.same.sum(axis=1))
        evidence = ops.matmul(absent, self.tables[0]) + ops.matmul(present, self.tables[1])
        others = ops.sum(counted, axis=1, keepdims=True) - known  # known columns beside that of j
        repeated = ops.sigmoid(self.redundancy) * ops.maximum(others - 1.0, 0.0)
        strength = self.max_strength * ops.sigmoid(self.strength)
        offset = ops.cast(strength * evidence / (1.0 + repeated), self.compute_dtype)
        return offset if logits is None else logits + offset

    def compute_output_shape(self, input_shape: Shapes) -> Shape:
        """Return the shape of the label."""
        first = input_shape[0]
        return tuple(first) if isinstance(first, (list, tuple)) else tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "max_strength": self.max_strength,
            "initial_strength": self.initial_strength,
            "smoothing": self.smoothing,
        }
