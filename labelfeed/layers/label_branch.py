"""Dense layers on the label, merged with the features."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import keras

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers._texts import documented
from labelfeed.layers.base import LabelLayer, dropout_rate, feature_width
from labelfeed.layers.label_embedding import append_last
from labelfeed.types import Identifier, Shape, Shapes, Tensor

__all__ = ["LabelBranch"]


@keras.saving.register_keras_serializable(package="labelfeed")
@documented
class LabelBranch(LabelLayer):
    """Pass the label through dense layers of its own and merge the result with the features.

    The branch reads one-hot states (unknown is a state): `h = dense(...dense(states))`. Merge:
    `"concat"`: `[x, h]`; `"add"`: `x + h`, which needs `units[-1]` equal to the width of the
    features; `"gate"`: `x * 2 sigmoid(h W)`, where `W` starts at zero so that the gate starts
    open for every label.

    Args:
        {spec}
        units: Widths of the dense layers, each >= 1.
        merge: `"concat"`, `"add"` or `"gate"`.
        activation: Any Keras activation of the dense layers; relu by default.
        dropout: Probability in [0, 1) that a unit of the branch is zeroed in training.
        {label_dropout}
        {kernel_regularizer}
        {label_kwargs}

    {features_and_label}

    Output shape:
        `(batch, ..., d + units[-1])` for concat, else the shape of the features.

    Raises:
        ValueError: `merge="add"` and `units[-1]` differs from `d`.

    Example:
        >>> import numpy as np
        >>> from labelfeed import LabelSpec
        >>> layer = LabelBranch(LabelSpec.multi(3))
        >>> tuple(layer([np.ones((2, 5)), np.array([[1, -1, 0]] * 2)]).shape)
        (2, 69)
    """

    def __init__(
        self,
        spec: LabelSpec,
        units: Sequence[int] = (32, 64),
        merge: Literal["concat", "add", "gate"] = "concat",
        activation: Identifier = "relu",
        dropout: float = 0.0,
        label_dropout: float = 0.0,
        kernel_regularizer: Identifier | None = None,
        **kwargs: Any,
    ) -> None:
        """Check and store the arguments."""
        super().__init__(spec, label_dropout, **kwargs)
        widths = tuple(units) if isinstance(units, Sequence) else ()
        if not widths or any(not isinstance(u, int) or u < 1 for u in widths):
            raise ValueError(f"units must be a sequence of integers >= 1, got {units!r}.")
        if merge not in ("concat", "add", "gate"):
            raise ValueError(f"merge must be 'concat', 'add' or 'gate', got {merge!r}.")
        self.units = widths
        self.merge = merge
        self.activation = keras.activations.get(activation)
        self.dropout = dropout_rate(dropout, "dropout")
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.dense = [
            keras.layers.Dense(
                u,
                activation=self.activation,
                kernel_regularizer=self.kernel_regularizer,
                dtype=self.dtype_policy,
            )
            for u in widths
        ]
        self.drop = (
            keras.layers.Dropout(self.dropout, dtype=self.dtype_policy) if self.dropout else None
        )
        self.gate: Any = None

    def build(self, input_shape: Shapes) -> None:
        """Build the dense layers and check the shapes to merge."""
        depth = feature_width(self, input_shape)
        if self.merge == "add" and self.units[-1] != depth:
            raise ValueError(
                f"merge='add' adds {self.units[-1]} units to features of width {depth}. Use "
                f"units={(*self.units[:-1], depth)} or merge='concat'."
            )
        width = self.num_states * self.spec.num_entries
        for layer in self.dense:
            layer.build((None, width))
            width = layer.units
        if self.merge == "gate":
            self.gate = keras.layers.Dense(
                depth,
                activation="sigmoid",
                kernel_initializer="zeros",
                kernel_regularizer=self.kernel_regularizer,
                name="gate",
                dtype=self.dtype_policy,
            )
            self.gate.build((None, width))

    def call(self, inputs: Sequence[Tensor], training: bool | None = None) -> Tensor:
        """Return the features merged with the branch."""
        features, label = inputs
        branch = self.one_hot_states(self.checked_label(label, training))
        for layer in self.dense:
            branch = layer(branch)
            if self.drop is not None:
                branch = self.drop(branch, training=training)
        if self.merge == "concat":
            return append_last(features, branch)
        if self.merge == "gate":
            branch = 2 * self.gate(branch)
        for _ in features.shape[1:-1]:
            branch = branch[:, None]
        return features + branch if self.merge == "add" else features * branch

    def compute_output_shape(self, input_shape: Shapes) -> Shape:
        """Return the output's shape."""
        shape = tuple(input_shape[0])
        return (*shape[:-1], shape[-1] + self.units[-1]) if self.merge == "concat" else shape

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "units": list(self.units),
            "merge": self.merge,
            "activation": keras.activations.serialize(self.activation),
            "dropout": self.dropout,
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
        }
