"""An input that a functional network has and does not read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from labelfeed.types import Tensor

__all__ = ["Unread", "with_unread"]


def with_unread(tensor: Tensor, label: Tensor) -> Tensor:
    """Return `tensor` as it is, in a graph that `label` belongs to.

    `LabelFedModel` wants a network with a label input, also where nothing shall read it; Keras
    3.12 refuses a functional model with an input that leads nowhere (3.14 takes it).
    """
    return Unread()([tensor, label])


@keras.saving.register_keras_serializable(package="labelfeed")
class Unread(keras.layers.Layer):
    """Return the first input and drop the second; no cast, no copy."""

    def __init__(self, **kwargs: Any) -> None:
        """Leave dtypes alone."""
        kwargs["autocast"] = False
        super().__init__(**kwargs)

    def call(self, inputs: Sequence[Tensor]) -> Tensor:
        return inputs[0]

    def compute_output_spec(self, inputs: Sequence[Tensor]) -> Tensor:
        return keras.KerasTensor(inputs[0].shape, inputs[0].dtype)
