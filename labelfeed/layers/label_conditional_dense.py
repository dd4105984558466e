"""A dense layer with a kernel for each class beside a shared one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

import keras
from keras import ops

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers._texts import documented
from labelfeed.layers.base import LabelLayer, dropout_rate, feature_width
from labelfeed.layers.grouped import METHODS, Method, grouped_matmul
from labelfeed.types import Identifier, Shape, Shapes, Tensor, Variable

__all__ = ["LabelConditionalDense"]

_KERNELS = ("per-class+shared", "per-class", "low-rank")
_FEW = 16  # classes whose kernels are summed with the shared one, to make one product of two


@keras.saving.register_keras_serializable(package="labelfeed")
@documented
class LabelConditionalDense(LabelLayer):
    """Transform features in a way of their own for each label, safely when it is unknown.

    With `K_y` the kernel of class y, for a `single` label:

    - `"per-class+shared"`: `activation(x (K + K_y) + b + b_y)`; unknown leaves
      `activation(x K + b)`. `K_y` starts at zero, so that the layer starts as a plain `Dense`, and
      a class that training never met behaves as unknown.
    - `"per-class"`: `activation(x K_y + b + b_y)`; unknown has a kernel of its own, which learns
      where labels are hidden or dropped.
    - `"low-rank"`: `K_y = A_y B_y` of rank r beside the shared `K`; `B_y` starts at zero. For many
      classes: r (d + units) numbers for each in place of d units.

    `multi`: the kernels of all known labels, one for absent and one for present, are added to the
    shared one.

    Args:
        units: Width of the output, >= 1.
        {spec}
        {activation}
        use_bias: Whether to add the shared bias and one for each class.
        dropout: Probability in [0, 1) that an output unit is zeroed in training.
        {label_dropout}
        kernel_initializer: Initializer of the shared kernel.
        class_kernel_initializer: Initializer of the kernels of the classes; `None`: zeros beside a
            shared kernel, else Glorot uniform for each class.
        kernel_regularizer: Regularizer of both (weight decay of the loss; decoupled decay comes
            with `keras.optimizers.AdamW`).
        kernel: `"per-class+shared"`, `"per-class"` (single labels) or `"low-rank"`.
        rank: Rank of the kernels of the classes, >= 1, with `kernel="low-rank"`.
        {method}
        {label_kwargs}

    {features_and_label}

    Output shape:
        `(batch, ..., units)`.

    Raises:
        ValueError: `kernel`, `rank` or `method` is none of those; `"per-class"` of a multi label.

    Example:
        >>> import numpy as np
        >>> from labelfeed import LabelSpec
        >>> layer = LabelConditionalDense(4, LabelSpec.single(3), activation="relu")
        >>> tuple(layer([np.ones((2, 5)), np.array([1, -1])]).shape)
        (2, 4)
    """

    def __init__(
        self,
        units: int,
        spec: LabelSpec,
        activation: Identifier | None = None,
        use_bias: bool = True,
        dropout: float = 0.0,
        label_dropout: float = 0.0,
        kernel_initializer: Identifier = "glorot_uniform",
        class_kernel_initializer: Identifier | None = None,
        kernel_regularizer: Identifier | None = None,
        kernel: Literal["per-class+shared", "per-class", "low-rank"] = "per-class+shared",
        rank: int = 8,
        method: Method = "auto",
        **kwargs: Any,
    ) -> None:
        """Check and store the arguments."""
        super().__init__(spec, label_dropout, **kwargs)
        if not isinstance(units, int) or units < 1:
            raise ValueError(f"units must be an integer >= 1, got {units!r}.")
        if kernel not in _KERNELS:
            raise ValueError(f"kernel must be one of {_KERNELS}, got {kernel!r}.")
        if kernel == "per-class" and self.spec.kind == "multi":
            raise ValueError("kernel='per-class' needs a single label; use 'per-class+shared'.")
        if not isinstance(rank, int) or rank < 1:
            raise ValueError(f"rank must be an integer >= 1, got {rank!r}.")
        if method not in METHODS:
            raise ValueError(f"method must be one of {METHODS}, got {method!r}.")
        self.units = units
        self.activation = keras.activations.get(activation)
        self.use_bias = use_bias
        self.dropout = dropout_rate(dropout, "dropout")
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.class_kernel_initializer = keras.initializers.get(class_kernel_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.kernel_kind = kernel
        self.rank = rank
        self.method = method
        self.drop = (
            keras.layers.Dropout(self.dropout, dtype=self.dtype_policy) if self.dropout else None
        )

    def build(self, input_shape: Shapes) -> None:
        """Allocate the shared kernel and one for each class (multi: for absent and present)."""
        depth = feature_width(self, input_shape)
        rows = self.spec.entry_states * self.spec.num_entries
        if self.kernel_kind == "per-class":
            rows += 1  # unknown
        else:
            self.kernel = self._weight("kernel", (depth, self.units), self.kernel_initializer)
        start = self.class_kernel_initializer
        if self.kernel_kind == "low-rank":
            down = _glorot(depth, self.units)
            self.class_down = self._weight("class_down", (rows, depth, self.rank), down)
            shape = (rows, self.rank, self.units)
        else:
            shape = (rows, depth, self.units)
        if start is None:
            start = _glorot(depth, self.units) if self.kernel_kind == "per-class" else "zeros"
        self.class_kernels = self._weight("class_kernels", shape, start)
        if self.use_bias:
            self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")
            self.class_biases = self.add_weight(
                shape=(rows, self.units), initializer="zeros", name="class_biases"
            )

    def _weight(self, name: str, shape: tuple[int, ...], initializer: Identifier) -> Variable:
        return self.add_weight(
            shape=shape, initializer=initializer, regularizer=self.kernel_regularizer, name=name
        )

    def call(self, inputs: Sequence[Tensor], training: bool | None = None) -> Tensor:
        """Return the transformed features."""
        features, label = inputs
        label = self.checked_label(label, training)
        # (batch, positions, d): the positions of a row share its label
        x = ops.cast(features, self.compute_dtype)
        x = ops.reshape(x, (ops.shape(features)[0], -1, features.shape[-1]))
        out = self._single(x, label) if self.spec.kind == "single" else self._multi(x, label)
        out = ops.reshape(out, (*ops.shape(features)[:-1], self.units))
        if self.use_bias:
            bias = self._bias(label)
            for _ in features.shape[1:-1]:
                bias = bias[:, None]
            out = out + bias
        out = self.activation(out)
        return out if self.drop is None else self.drop(out, training=training)

    def _single(self, x: Tensor, label: Tensor) -> Tensor:
        kernels = ops.convert_to_tensor(self.class_kernels)
        if self.kernel_kind == "per-class":
            return grouped_matmul(x, kernels, self.states(label), self.method)
        kernel = ops.convert_to_tensor(self.kernel)
        if self.kernel_kind == "low-rank":
            down = grouped_matmul(x, self.class_down, label, self.method)
            own = grouped_matmul(down, kernels, label, self.method)
        elif self.spec.num_classes <= _FEW:
            kernels = ops.concatenate([kernel + kernels, kernel[None]])
            return grouped_matmul(x, kernels, self.states(label), self.method)
        else:
            own = grouped_matmul(x, kernels, label, self.method)
        return ops.matmul(x, kernel) + own

    def _multi(self, x: Tensor, label: Tensor) -> Tensor:
        """Return the product with the sum of all known labels' kernels, without making the sum."""
        state = self._absent_present(label)[:, None, :, None]  # (batch, 1, 2 labels, 1)
        kernels = self.class_kernels
        shape = (ops.shape(x)[0], x.shape[1] if x.shape[1] is not None else ops.shape(x)[1], -1)
        if self.kernel_kind == "low-rank":
            down = ops.matmul(x[:, :, None, None, :], self.class_down)[:, :, :, 0]
        elif state.shape[2] <= self.units:
            down = x[:, :, None, :]
        else:  # a kernel for each row is smaller than a row for each label
            rows = ops.reshape(kernels, (state.shape[2], -1))
            own = ops.matmul(state[:, 0, :, 0], rows)
            own = ops.reshape(own, (-1, x.shape[-1], self.units))
            return ops.matmul(x, own + self.kernel)
        down = ops.reshape(down * state, shape)
        width = state.shape[2] * (self.rank if self.kernel_kind == "low-rank" else x.shape[-1])
        own = ops.matmul(down, ops.reshape(kernels, (width, self.units)))
        return ops.matmul(x, self.kernel) + own

    def _absent_present(self, label: Tensor) -> Tensor:
        absent, present = ops.equal(label, 0), ops.equal(label, 1)
        return ops.cast(ops.concatenate([absent, present], axis=1), self.compute_dtype)

    def _bias(self, label: Tensor) -> Tensor:
        """Return the shared bias plus that of each row's labels."""
        table = ops.convert_to_tensor(self.class_biases)
        if self.spec.kind == "multi":
            return ops.matmul(self._absent_present(label), table) + self.bias
        if self.spec.num_classes <= _FEW:  # a product: its gradient adds up no rows one by one
            if self.kernel_kind != "per-class":
                table = ops.pad(table, [[0, 1], [0, 0]])  # unknown
            return ops.matmul(self.one_hot_states(label), table + self.bias)
        if self.kernel_kind == "per-class":
            return ops.take(table, self.states(label), axis=0) + self.bias
        known = ops.cast(label >= 0, self.compute_dtype)[:, None]
        return ops.take(table, ops.maximum(label, 0), axis=0) * known + self.bias

    def compute_output_shape(self, input_shape: Shapes) -> Shape:
        """Return the output's shape."""
        return (*input_shape[0][:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        initializers, regularizers = keras.initializers, keras.regularizers
        start = self.class_kernel_initializer
        return {
            **super().get_config(),
            "units": self.units,
            "activation": keras.activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "dropout": self.dropout,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "class_kernel_initializer": None if start is None else initializers.serialize(start),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "kernel": self.kernel_kind,
            "rank": self.rank,
            "method": self.method,
        }


def _glorot(depth: int, units: int) -> Identifier:
    """Return Glorot's uniform initializer for one kernel: Keras's own would count the classes."""
    limit = math.sqrt(6 / (depth + units))
    return keras.initializers.RandomUniform(-limit, limit)
