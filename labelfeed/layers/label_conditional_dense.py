"""A dense layer with a kernel for each class beside a shared one."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from labelfeed.labels import LabelSpec
from labelfeed.layers.base import LabelLayer, dropout_rate, feature_width

__all__ = ["LabelConditionalDense"]


@keras.saving.register_keras_serializable(package="labelfeed")
class LabelConditionalDense(LabelLayer):
    """Transform features in a way of their own for each label, safely when it is unknown.

    `single`: `activation(x (K + K_y) + b + b_y)`; an unknown label leaves `activation(x K + b)`.
    `multi`: the kernels of all known labels, one for absent and one for present, are added.
    The kernels of the classes start at zero, so that the layer starts as a plain `Dense`, and a
    class that training never met behaves as unknown; they depart from it as they learn.

    Args:
        units: Width of the output, >= 1.
        spec: `LabelSpec` of the label.
        activation: Any Keras activation; linear by default.
        use_bias: Whether to add the shared bias and one for each class.
        dropout: Probability in [0, 1) that an output unit is zeroed in training.
        label_dropout: Probability in [0, 1) that the label is taken for unknown in training.
        kernel_initializer: Initializer of the shared kernel.
        class_kernel_initializer: Initializer of the kernels of the classes.
        kernel_regularizer: Regularizer of both (weight decay of the loss; decoupled decay comes
            with `keras.optimizers.AdamW`).
        **kwargs: `name`, `dtype`, `trainable`.

    Input shape:
        A list `[features, label]`: features `(batch, ..., d)`; int32 label `(batch,)`, for multi
        `(batch, num_classes)`; -1 unknown.

    Output shape:
        `(batch, ..., units)`.

    Note:
        The kernel of each row's class is gathered, `batch * d * units` numbers.

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
        activation: Any = None,
        use_bias: bool = True,
        dropout: float = 0.0,
        label_dropout: float = 0.0,
        kernel_initializer: Any = "glorot_uniform",
        class_kernel_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        **kwargs: Any,
    ) -> None:
        """Check and store the arguments."""
        super().__init__(spec, label_dropout, **kwargs)
        if not isinstance(units, int) or units < 1:
            raise ValueError(f"units must be an integer >= 1, got {units!r}.")
        self.units = units
        self.activation = keras.activations.get(activation)
        self.use_bias = use_bias
        self.dropout = dropout_rate(dropout, "dropout")
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.class_kernel_initializer = keras.initializers.get(class_kernel_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.drop = (
            keras.layers.Dropout(self.dropout, dtype=self.dtype_policy) if self.dropout else None
        )

    def build(self, input_shape: Any) -> None:
        """Allocate the shared kernel and one for each class (multi: for absent and present)."""
        depth = feature_width(self, input_shape)
        rows = self.spec.num_classes * (1 if self.spec.kind == "single" else 2)
        self.kernel = self.add_weight(
            shape=(depth, self.units),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            name="kernel",
        )
        self.class_kernels = self.add_weight(
            shape=(rows, depth, self.units),
            initializer=self.class_kernel_initializer,
            regularizer=self.kernel_regularizer,
            name="class_kernels",
        )
        if self.use_bias:
            self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")
            self.class_biases = self.add_weight(
                shape=(rows, self.units), initializer="zeros", name="class_biases"
            )

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Return the transformed features."""
        features, label = inputs
        label = self.checked_label(label, training)
        shared = ops.matmul(features, self.kernel)
        own, bias = self._single(label) if self.spec.kind == "single" else self._multi(label)
        flat = ops.reshape(features, (ops.shape(features)[0], -1, features.shape[-1]))
        out = shared + ops.reshape(ops.matmul(flat, own), ops.shape(shared))
        if self.use_bias:
            for _ in features.shape[1:-1]:
                bias = bias[:, None]
            out = out + self.bias + bias
        out = self.activation(out)
        return out if self.drop is None else self.drop(out, training=training)

    def _single(self, label: Any) -> tuple[Any, Any]:
        """Return each row's class kernel `(batch, d, units)` and bias; zero where unknown."""
        known = ops.cast(label >= 0, self.compute_dtype)[:, None]
        index = ops.maximum(label, 0)
        kernel = ops.take(self.class_kernels, index, axis=0) * known[:, :, None]
        return kernel, ops.take(self.class_biases, index, axis=0) * known if self.use_bias else None

    def _multi(self, label: Any) -> tuple[Any, Any]:
        """Return the sum of the kernels of all known labels and of their biases."""
        absent, present = ops.equal(label, 0), ops.equal(label, 1)
        state = ops.cast(ops.concatenate([absent, present], axis=1), self.compute_dtype)
        depth = self.class_kernels.shape[1]
        rows = ops.reshape(self.class_kernels, (-1, depth * self.units))
        kernel = ops.reshape(ops.matmul(state, rows), (-1, depth, self.units))
        return kernel, ops.matmul(state, self.class_biases) if self.use_bias else None

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        """Return the output's shape."""
        return (*input_shape[0][:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        initializers, regularizers = keras.initializers, keras.regularizers
        return {
            **super().get_config(),
            "units": self.units,
            "activation": keras.activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "dropout": self.dropout,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "class_kernel_initializer": initializers.serialize(self.class_kernel_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
        }
