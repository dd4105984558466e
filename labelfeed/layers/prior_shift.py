"""Probabilities where classes are more or less frequent than in the training rows."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers._filled import filled
from labelfeed.types import ArrayLike, Shape, Shapes, Tensor

__all__ = ["PriorShift"]


@keras.saving.register_keras_serializable(package="labelfeed")
class PriorShift(keras.layers.Layer):
    """Turn probabilities into those under another prior: a frozen shift `b` of their logits.

    `p'_k = e^{b_k} p_k / sum_i e^{b_i} p_i` over the classes `i` of a column, and
    `p' = e^b p / (e^b p + 1 - p)` for a yes/no label, in float32 at any policy. The order of the
    rows of a yes/no label stays what it is, so its AUC does too. It reads no label.

    Args:
        spec: `LabelSpec`, or its config; a single label is one column of classes.
        **kwargs: `name`, `trainable`.

    Input shape:
        `(batch, num_classes)` probabilities; `(batch, 1)` for a single label of two classes.

    Output shape:
        The same; equal to the input until `assign` is called.

    References:
        Saerens, Latinne and Decaestecker 2002, Adjusting the outputs of a classifier to new a
        priori probabilities.

    Example:
        >>> layer = PriorShift(LabelSpec.single(["well", "ill"]))
        >>> layer.assign(np.log([0.98 / 0.5, 0.02 / 0.5]))  # half were ill, 2 % will be
        >>> round(float(layer(np.array([[0.1, 0.9]]))[0, 1]), 3)
        0.155
    """

    built: bool

    def __init__(self, spec: LabelSpec, **kwargs: Any) -> None:
        """Check and store the spec."""
        kwargs["dtype"] = "float32"
        super().__init__(**kwargs)
        self.spec = LabelSpec.from_config(spec)

    def build(self, input_shape: Shapes) -> None:
        """Allocate shift 0 for each class."""
        if self.built:
            return
        self.shift = self.add_weight(
            (self.spec.num_classes,),
            filled("zeros"),
            name="shift",
            dtype="float32",
            autocast=False,
            trainable=False,
        )
        self.built = True

    def assign(self, shift: ArrayLike) -> None:
        """Take the shift of each logit.

        Args:
            shift: `(num_classes,)`, finite, as `labels.prior.prior_shift` returns it.
        """
        shift = np.asarray(shift, np.float32)
        if shift.shape != (self.spec.num_classes,) or not np.isfinite(shift).all():
            raise ValueError(
                f"Expected a finite shift of shape ({self.spec.num_classes},), got the shape "
                f"{shift.shape} with {int((~np.isfinite(shift)).sum())} values that are not finite."
            )
        self.build((None, len(shift)))
        self.shift.assign(shift)

    def call(self, inputs: Tensor) -> Tensor:
        """Return the probabilities under the other prior."""
        p = ops.cast(inputs, "float32")
        if p.shape[-1] == 1 and not self.spec.shape:  # of the second class
            return _yes_no(p, self.shift[1:] - self.shift[:1])
        parts: list[Tensor] = []
        start = 0  # of the yes/no labels that wait
        for column in self.spec.label_columns:
            if column.of_classes:
                first, end = column.places[0], column.places[-1] + 1
                if first > start:
                    parts.append(_yes_no(p[:, start:first], self.shift[start:first]))
                # Over its greatest factor, so that none overflows.
                own = self.shift[first:end]
                own = p[:, first:end] * ops.exp(own - ops.max(own))
                parts.append(own / ops.maximum(ops.sum(own, axis=-1, keepdims=True), 1e-30))
                start = end
        if start < self.spec.num_classes:
            parts.append(_yes_no(p[:, start:], self.shift[start:]))
        return parts[0] if len(parts) == 1 else ops.concatenate(parts, axis=-1)

    def compute_output_shape(self, input_shape: Shapes) -> Shape:
        """Return the shape of the probabilities."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "spec": self.spec.get_config()}


def _yes_no(p: Tensor, shift: Tensor) -> Tensor:
    present = p * ops.exp(shift)
    return present / (present + 1.0 - p)
