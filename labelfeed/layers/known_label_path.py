"""A path that adds to plain logits what the known labels change, and nothing without them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from labelfeed.labels.columns import same_column
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers._texts import documented
from labelfeed.layers.base import LabelLayer, dropout_rate
from labelfeed.layers.naive_bayes_offset import NaiveBayesOffset
from labelfeed.types import ArrayLike, Identifier, Shape, Shapes, Tensor

__all__ = ["KnownLabelPath"]


@keras.saving.register_keras_serializable(package="labelfeed")
@documented
class KnownLabelPath(LabelLayer):
    """Add to the logits of a plain network what the known labels of the row change.

    `out = z + e + [anything known] * MLP(z, states, e)`, where `z` are plain logits that read no
    label, `states` says of each label whether it is present, absent or unknown, and `e` is the
    `NaiveBayesOffset` of the known labels. Where nothing is known, `out = z` to the bit.

    The path meets the features only through `z`, and sends no gradient back through what it
    reads: a row has thousands of subsets of known labels but one set of features, so a path that
    reads features learns the rows by heart before it has learned how labels go together.

    A class that is known to be absent, while that of its column is not known, gets 30 less, so
    that the softmax over the column leaves it out.

    Args:
        {multi_spec}
        units: Widths of the dense layers of the path, each >= 1.
        activation: Any Keras activation; relu by default.
        dropout: Probability in [0, 1) that a unit of the path is zeroed in training.
        offset: Whether to add the naive-Bayes offset; count it with `adapt` before `fit`.
        {label_dropout}
        {label_kwargs}

    Input shape:
        {logits_and_label}

    Output shape:
        `(batch, num_labels)`.

    {multi_raises}

    Example:
        >>> import numpy as np
        >>> from labelfeed import LabelSpec
        >>> path = KnownLabelPath(LabelSpec.multi(["cough", "fever"]), units=(8,))
        >>> path.adapt(np.array([[1, 1], [1, 1], [0, 0], [0, -1]]))
        >>> out = path([np.ones((2, 2)), np.array([[-1, -1], [1, -1]])])
        >>> [float(v) for v in out[0]], tuple(out.shape)
        ([1.0, 1.0], (2, 2))
    """

    built: bool

    multi_only = True

    def __init__(
        self,
        spec: LabelSpec,
        units: Sequence[int] = (256, 256),
        activation: Identifier = "relu",
        dropout: float = 0.1,
        offset: bool = True,
        label_dropout: float = 0.0,
        **kwargs: Any,
    ) -> None:
        """Check and store the arguments."""
        super().__init__(spec, label_dropout, **kwargs)
        units = tuple(units)
        if not units or any(not isinstance(u, int) or u < 1 for u in units):
            raise ValueError(f"units must be a sequence of integers >= 1, got {units!r}.")
        self.units = units
        self.activation = keras.activations.get(activation)
        self.dropout = dropout_rate(dropout, "dropout")
        policy = self.dtype_policy
        self.offset = NaiveBayesOffset(self.spec, dtype=policy, name="offset") if offset else None
        self.dense = [
            keras.layers.Dense(u, activation=self.activation, dtype=policy, name=f"dense_{i}")
            for i, u in enumerate(units)
        ]
        self.drop = keras.layers.Dropout(self.dropout, dtype=policy) if self.dropout else None
        of_classes = [[c.of_classes] * len(c.places) for c in self.spec.label_columns]
        self.classes = np.concatenate(of_classes).astype(np.float32)  # 1: the class of a column
        self.same = same_column(self.spec)
        self.change = keras.layers.Dense(self.spec.num_classes, dtype=policy, name="change")

    def build(self, input_shape: Shapes | None = None) -> None:
        """Build offset and dense layers; all widths follow from the spec."""
        if self.built:
            return
        labels = self.spec.num_classes
        width = 3 * labels
        if self.offset is not None:
            self.offset.build()
            width += labels
        for layer in [*self.dense, self.change]:
            layer.build((None, width))
            width = layer.units
        self.built = True

    def adapt(self, labels: ArrayLike) -> None:
        """Count the tables of the offset on training labels; call it before `fit`.

        Args:
            labels: What `LabelSpec.encode` takes, `(n, num_labels)`; -1 where unknown.
        """
        self.build()
        if self.offset is not None:
            self.offset.adapt(labels)

    def reset(self) -> None:
        """Let known labels change what the offset says and no more: untrained layers add noise."""
        self.build()
        for variable in self.change.variables:
            variable.assign(ops.zeros(variable.shape, variable.dtype))

    def call(self, inputs: Sequence[Tensor], training: bool | None = None) -> Tensor:
        """Return the logits with the change that the known labels bring."""
        logits, label = inputs
        label = self.checked_label(label, training)
        absent = ops.cast(label == 0, self.compute_dtype)
        present = ops.cast(label == 1, self.compute_dtype)
        read = [ops.stop_gradient(logits), absent, present]
        out = logits
        if self.offset is not None:
            evidence = self.offset(label)
            read.append(ops.stop_gradient(evidence))
            out = out + evidence
        h = ops.concatenate(read, axis=-1)  # (batch, 4 * num_labels)
        for layer in self.dense:
            h = layer(h)
            if self.drop is not None:
                h = self.drop(h, training=training)
        any_known = ops.any(label >= 0, axis=1, keepdims=True)
        if self.spec.class_columns:
            settled = ops.matmul(ops.cast(label == 1, "float32"), self.same)
            left_out = (
                ops.cast((1.0 - settled) * ops.convert_to_tensor(self.classes), self.compute_dtype)
                * absent
            )
            out = out - 30.0 * left_out
        return out + ops.where(any_known, self.change(h), ops.zeros_like(logits))

    def compute_output_shape(self, input_shape: Shapes) -> Shape:
        """Return the shape of the logits."""
        return tuple(input_shape[0])

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "units": list(self.units),
            "activation": keras.activations.serialize(self.activation),
            "dropout": self.dropout,
            "offset": self.offset is not None,
        }
