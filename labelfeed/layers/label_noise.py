"""One draw of dropout and corruption of a label, shared by every layer that reads it."""

from __future__ import annotations

import keras

from labelfeed.layers._texts import documented
from labelfeed.layers.base import LabelLayer
from labelfeed.types import Shape, Shapes, Tensor

__all__ = ["LabelNoise"]


@keras.saving.register_keras_serializable(package="labelfeed")
@documented
class LabelNoise(LabelLayer):
    """Hide or corrupt a label in training; pass it on as it is otherwise.

    In training a known label becomes another class, drawn evenly, with probability
    `label_corruption`, and then unknown with probability `label_dropout`. Put it behind
    `LabelInput`, so that all layers that read the label see one and the same draw.

    Args:
        {spec}
        label_dropout: Probability in [0, 1) that the label becomes unknown in training.
        label_corruption: Probability in [0, 1) that a known label becomes another in training.
        {kwargs}

    Input shape:
        {label}

    Output shape:
        That of the labels, int32.

    Raises:
        ValueError: A probability is out of its range, or the labels do not fit the spec.

    References:
        Ho and Salimans 2022, Classifier-free diffusion guidance (dropping the condition lets one
        network serve both with and without it).

    Example:
        >>> from labelfeed import LabelSpec
        >>> layer = LabelNoise(LabelSpec.single(3), label_dropout=0.5)
        >>> tuple(layer(np.array([2, -1])).shape)  # not in training: as it is
        (2,)
    """

    def build(self, input_shape: Shapes) -> None:
        """Nothing to allocate."""

    def call(self, label: Tensor, training: bool | None = None) -> Tensor:
        """Return the label, hidden or corrupted in training."""
        return self.checked_label(label, training)

    def compute_output_spec(self, label: Tensor, training: bool | None = None) -> Tensor:
        """Return a symbolic int32 label: Keras would make it a float."""
        return keras.KerasTensor(self.compute_output_shape(label.shape), dtype="int32")

    def compute_output_shape(self, input_shape: Shapes) -> Shape:
        """Return the shape of the labels."""
        return (input_shape[0], *self.spec.shape)
