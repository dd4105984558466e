"""A dense layer of many networks at once, each with its own weights."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from labelfeed.layers._filled import filled
from labelfeed.types import Identifier, Shape, Shapes, Tensor

__all__ = ["MemberDense"]


@keras.saving.register_keras_serializable(package="labelfeed")
class MemberDense(keras.layers.Layer):
    """Apply a dense layer of each of several networks in one product of matrices.

    `out_m = activation(s_m * ((r_m * x_m) W_g(m)) + b_m)` for member `m` of group `g(m)`: the
    `copies` members of a group share the kernel `W_g` and differ by the factors `r_m` of its inputs
    and `s_m` of its outputs (both fixed at 1 with `copies=1`). No weight is shared by two groups:
    what one group learns, no other knows.

    Args:
        units: Outputs of each member, >= 1.
        groups: Groups of members, >= 1.
        copies: Members of each group, >= 1; member `m` belongs to group `m // copies`.
        activation: Any Keras activation.
        signs: Whether the factors of the inputs start as random signs, which makes the members of a
            group differ from the start; for the first layer. Else they start at 1.
        kernel_initializer: Any Keras initializer of the kernels, as for a single dense layer.
        bias_initializer: Any Keras initializer of the biases.
        **kwargs: `name`, `trainable`, `dtype`.

    Input shape:
        `(batch, d)`, read by all members, or `(batch, groups * copies, d)`.

    Output shape:
        `(batch, groups * copies, units)`.

    Raises:
        ValueError: A number is below 1, or the input has another number of members.

    References:
        Gorishniy, Kotelnikov and Babenko 2025, TabM: advancing tabular deep learning with
        parameter-efficient ensembling; Wen, Tran and Ba 2020, BatchEnsemble.

    Example:
        >>> import numpy as np
        >>> layer = MemberDense(4, groups=5, copies=2)
        >>> tuple(layer(np.zeros((3, 6), "float32")).shape), tuple(layer.kernel.shape)
        ((3, 10, 4), (5, 6, 4))
    """

    def __init__(
        self,
        units: int,
        groups: int,
        copies: int = 1,
        activation: Identifier = None,
        signs: bool = False,
        kernel_initializer: Identifier = "glorot_uniform",
        bias_initializer: Identifier = "zeros",
        **kwargs: Any,
    ) -> None:
        """Check and store the arguments."""
        super().__init__(**kwargs)
        for name, value in (("units", units), ("groups", groups), ("copies", copies)):
            if value < 1:
                raise ValueError(f"{name} must be at least 1, got {value}.")
        self.units, self.groups, self.copies = int(units), int(groups), int(copies)
        self.activation = keras.activations.get(activation)
        self.signs = bool(signs)
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.bias_initializer = keras.initializers.get(bias_initializer)

    @property
    def members(self) -> int:
        """Members of all groups together."""
        return self.groups * self.copies

    def build(self, input_shape: Shapes) -> None:
        """Make kernels, biases and factors."""
        if len(input_shape) not in (2, 3) or input_shape[-1] is None:
            raise ValueError(
                f"MemberDense needs (batch, d) or (batch, members, d), got {tuple(input_shape)}."
            )
        if len(input_shape) == 3 and input_shape[1] != self.members:
            raise ValueError(
                f"MemberDense of {self.groups} x {self.copies} members got {input_shape[1]}."
            )
        width = int(input_shape[-1])

        def kernels(shape: Shape, dtype: str | None = None) -> Tensor:
            if isinstance(self.kernel_initializer, keras.initializers.Zeros):
                return filled("zeros")(shape, dtype=dtype)
            return ops.stack(
                [self._initializer(g)(shape[1:], dtype=dtype) for g in range(self.groups)]
            )

        def signs(shape: Shape, dtype: str | None = None) -> Tensor:
            draw = keras.random.uniform(shape, dtype=dtype)
            one = ops.ones_like(draw)  # a bare 1.0 has JAX compile each step of a training twice
            return ops.where(draw < 0.5, -one, one)

        self.kernel = self.add_weight(
            shape=(self.groups, width, self.units), initializer=kernels, name="kernel"
        )
        self.bias = self.add_weight(
            shape=(self.members, self.units), initializer=filled(self.bias_initializer), name="bias"
        )
        if self.copies > 1:
            self.input_factor = self.add_weight(
                shape=(self.members, width),
                initializer=signs if self.signs else filled("ones"),
                name="input_factor",
            )
            self.output_factor = self.add_weight(
                shape=(self.members, self.units), initializer=filled("ones"), name="output_factor"
            )

    def _initializer(self, group: int) -> Identifier:
        """Return the kernel initializer with a seed of the group's own.

        One of Keras's draws the same numbers at each call.
        """
        made = self.kernel_initializer
        seed = getattr(made, "seed", None)
        if not isinstance(seed, int):
            return made
        return type(made).from_config({**made.get_config(), "seed": seed + group})

    def call(self, inputs: Tensor) -> Tensor:
        """Return the outputs of all members."""
        width = self.kernel.shape[1]
        if len(inputs.shape) == 2:
            kernel = self.kernel
            if self.copies > 1:  # one product with the rows, which all members share
                factor = ops.reshape(self.input_factor, (self.groups, self.copies, width, 1))
                kernel = ops.expand_dims(kernel, 1) * factor
                kernel = ops.reshape(kernel, (self.members, width, self.units))
            out = ops.einsum("bi,mio->bmo", inputs, kernel)
        elif self.copies > 1:
            x = ops.reshape(inputs * self.input_factor, (-1, self.groups, self.copies, width))
            out = ops.einsum("bgci,gio->bgco", x, self.kernel)
            out = ops.reshape(out, (-1, self.members, self.units))
        else:
            out = ops.einsum("bmi,mio->bmo", inputs, self.kernel)
        if self.copies > 1:
            out = out * self.output_factor
        return self.activation(out + self.bias)

    def compute_output_shape(self, input_shape: Shapes) -> Shape:
        """Return `(batch, members, units)`."""
        return (input_shape[0], self.members, self.units)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "units": self.units,
            "groups": self.groups,
            "copies": self.copies,
            "activation": keras.activations.serialize(self.activation),
            "signs": self.signs,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "bias_initializer": keras.initializers.serialize(self.bias_initializer),
        }
