"""Choose between a plain and a conditioned path, row by row, by whether a label is known."""

from __future__ import annotations

from collections.abc import Sequence

import keras
from keras import ops

from labelfeed.types import Shape, Shapes, Tensor

__all__ = ["LabelSwitch"]


@keras.saving.register_keras_serializable(package="labelfeed")
class LabelSwitch(keras.layers.Layer):
    """Take the conditioned path where any label is known, the plain path elsewhere.

    `out_i = conditioned_i` if any label of row i is known, else `plain_i`. A row without labels is
    then served by the plain path to the bit.

    Args:
        **kwargs: `name`, `dtype`, `trainable`.

    Input shape:
        A list `[conditioned, plain, label, ...]`: two tensors of one shape `(batch, ...)`; int32
        labels `(batch,)`, for multi `(batch, num_classes)`; -1 unknown.

    Output shape:
        That of `conditioned`.

    Raises:
        ValueError: The two paths differ in shape, or there is no label.

    Example:
        >>> out = LabelSwitch()([np.ones((2, 1)), np.zeros((2, 1)), np.array([1, -1])])
        >>> keras.ops.convert_to_numpy(out).tolist()
        [[1.0], [0.0]]
    """

    def build(self, input_shape: Shapes) -> None:
        """Check the shapes."""
        shapes = [tuple(shape) for shape in input_shape]
        if len(shapes) < 3 or shapes[0] != shapes[1]:
            raise ValueError(
                "LabelSwitch reads [conditioned, plain, label, ...], the first two of one shape; "
                f"got the shapes {shapes}."
            )

    def call(self, inputs: Sequence[Tensor]) -> Tensor:
        """Return a row of one path or of the other."""
        conditioned, plain, *labels = inputs
        known = False
        for label in labels:
            here = ops.cast(label, "int32") >= 0
            here = ops.any(here, axis=1) if len(here.shape) == 2 else here
            known = ops.logical_or(known, here)
        for _ in conditioned.shape[1:]:
            known = known[..., None]  # type: ignore[index]
        return ops.where(known, conditioned, plain)

    def compute_output_shape(self, input_shape: Shapes) -> Shape:
        """Return the output's shape, that of the first input."""
        return tuple(input_shape[0])
