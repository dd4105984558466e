"""A convolution with kernels of its own for each class, or mixtures of basis kernels."""

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
from labelfeed.layers.label_embedding import LabelEmbedding
from labelfeed.layers.modulation import spread
from labelfeed.types import Identifier, Shape, Shapes, Tensor

__all__ = ["LabelConditionalConv2D"]

_KERNELS = ("per-class+shared", "mixture")


@keras.saving.register_keras_serializable(package="labelfeed")
@documented
class LabelConditionalConv2D(LabelLayer):
    """Convolve images in a way of their own for each label, safely when it is unknown.

    - `"per-class+shared"` (single labels): `activation(x * (K + K_y) + b + b_y)`, where `*` is the
      convolution; `K_y` and `b_y` start at zero and unknown leaves the shared kernel alone. The
      patches are made explicit, `kernel height * width` times the features, and grouped by class.
    - `"mixture"`: `activation(sum_m a_ym (x * K_m) + b + b_y)` over a few basis kernels with
      weights `a_y` of the label, unknown included: few parameters for many classes, and it takes
      multi labels. Every basis kernel starts with weight 1 / sqrt(bases).

    Args:
        filters: Channels of the output, >= 1.
        kernel_size: Height and width of the kernels, or one number for both, >= 1.
        {spec}
        strides: Steps of the window, one number for both axes, >= 1.
        padding: `"same"` or `"valid"`.
        {activation}
        kernel: `"per-class+shared"` or `"mixture"`.
        bases: Number of basis kernels, >= 1, with `kernel="mixture"`.
        {label_dropout}
        kernel_initializer: Initializer of the shared kernel and of the basis kernels.
        {kernel_regularizer}
        {method}
        {label_kwargs}

    Input shape:
        A list `[images, label]`: images `(batch, height, width, d)`, channels last; int32 label
        `(batch,)`, for multi `(batch, num_classes)`; -1 unknown.

    Output shape:
        `(batch, new height, new width, filters)`, as of `keras.layers.Conv2D`.

    Raises:
        ValueError: An argument is out of range, or `"per-class+shared"` is given a multi label.

    References:
        Yang et al. 2019, CondConv: conditionally parameterized convolutions (whose mixture weights
        come from the features; here from the label).

    Example:
        >>> from labelfeed import LabelSpec
        >>> layer = LabelConditionalConv2D(4, 3, LabelSpec.single(3))
        >>> tuple(layer([np.ones((2, 8, 8, 1)), np.array([1, -1])]).shape)
        (2, 8, 8, 4)
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int | tuple[int, int],
        spec: LabelSpec,
        strides: int = 1,
        padding: Literal["same", "valid"] = "same",
        activation: Identifier | None = None,
        kernel: Literal["per-class+shared", "mixture"] = "per-class+shared",
        bases: int = 4,
        label_dropout: float = 0.0,
        kernel_initializer: Identifier = "glorot_uniform",
        kernel_regularizer: Identifier | None = None,
        method: Method = "auto",
        **kwargs: Any,
    ) -> None:
        """Check and store the arguments."""
        super().__init__(spec, dropout_rate(label_dropout, "label_dropout"), **kwargs)
        size = (kernel_size, kernel_size) if isinstance(kernel_size, int) else tuple(kernel_size)
        numbers = {"filters": filters, "strides": strides, "bases": bases}
        numbers |= {"kernel_size": min(size, default=0)}
        for name, number in numbers.items():
            if not isinstance(number, int) or number < 1:
                raise ValueError(f"{name} must be an integer >= 1, got {number!r}.")
        for name, value, allowed in (
            ("padding", padding, ("same", "valid")),
            ("kernel", kernel, _KERNELS),
            ("method", method, METHODS),
        ):
            if value not in allowed:
                raise ValueError(f"{name} must be one of {allowed}, got {value!r}.")
        if kernel != "mixture" and self.spec.kind == "multi":
            raise ValueError("A multi label needs kernel='mixture'.")
        self.filters = filters
        self.kernel_size = size
        self.strides = strides
        self.padding = padding
        self.activation = keras.activations.get(activation)
        self.kernel_kind = kernel
        self.bases = bases
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.method = method

    def build(self, input_shape: Shapes) -> None:
        """Allocate the shared and the classes' kernels, or the basis kernels and weights."""
        depth = feature_width(self, input_shape)
        if len(input_shape[0]) != 4:
            raise ValueError(
                "LabelConditionalConv2D reads images (batch, height, width, d), got the shape "
                f"{tuple(input_shape[0])}."
            )
        mixture = self.kernel_kind == "mixture"
        width = self.filters * (self.bases if mixture else 1)
        self.kernel = self.add_weight(
            shape=(*self.kernel_size, depth, width),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            name="kernel",
        )
        self.bias = self.add_weight(shape=(self.filters,), initializer="zeros", name="bias")
        self.class_biases = self._table("class_biases", self.filters, "zeros", input_shape[1])
        if mixture:
            start = keras.initializers.Constant(1 / math.sqrt(self.bases))
            if self.spec.kind == "multi":  # the rows of all labels are added
                start = keras.initializers.Constant(start.value / self.spec.num_classes)
            self.weights_of = self._table("weights_of", self.bases, start, input_shape[1])
        else:
            self.class_kernels = self.add_weight(
                shape=(self.spec.num_classes, math.prod(self.kernel_size) * depth, self.filters),
                initializer="zeros",
                regularizer=self.kernel_regularizer,
                name="class_kernels",
            )

    def _table(
        self, name: str, width: int, initializer: Identifier, shape: Shape
    ) -> LabelEmbedding:
        table = LabelEmbedding(
            width,
            self.spec,
            embeddings_initializer=initializer,
            name=name,
            dtype=self.dtype_policy,
        )
        table.build(shape)
        return table

    def call(self, inputs: Sequence[Tensor], training: bool | None = None) -> Tensor:
        """Return the convolved images."""
        images, label = inputs
        images = ops.cast(images, self.compute_dtype)
        label = self.checked_label(label, training)
        out = ops.conv(images, self.kernel, self.strides, self.padding)
        if self.kernel_kind == "mixture":
            shape = (*ops.shape(out)[:-1], self.bases, self.filters)
            weight = spread(self.weights_of(label), out)[..., None]  # (batch, 1, 1, bases, 1)
            out = ops.sum(ops.reshape(out, shape) * weight, axis=-2)
        else:
            patches = ops.image.extract_patches(
                images,
                self.kernel_size,
                self.strides,
                padding=self.padding,
                data_format="channels_last",
            )
            rows = ops.reshape(patches, (ops.shape(patches)[0], -1, patches.shape[-1]))
            own = grouped_matmul(rows, self.class_kernels, label, self.method)
            out = out + ops.reshape(own, ops.shape(out))
        return self.activation(out + self.bias + spread(self.class_biases(label), out))

    def compute_output_shape(self, input_shape: Shapes) -> Shape:
        """Return the output's shape."""
        batch, *axes, _ = input_shape[0]
        lost = [0, 0] if self.padding == "same" else [s - 1 for s in self.kernel_size]
        new = [
            None if axis is None else -(-(axis - less) // self.strides)
            for axis, less in zip(axes, lost, strict=True)
        ]
        return (batch, *new, self.filters)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": list(self.kernel_size),
            "strides": self.strides,
            "padding": self.padding,
            "activation": keras.activations.serialize(self.activation),
            "kernel": self.kernel_kind,
            "bases": self.bases,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
            "method": self.method,
        }
