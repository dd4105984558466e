"""The Bayes product as a Keras layer, behind any model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from labelfeed.labels.spec import LabelSpec
from labelfeed.sides.bayes_product import BayesProduct
from labelfeed.types import Shape, Shapes, Tensor

__all__ = ["BayesProductLayer"]

_FLOOR = -30.0  # log of what a hard mask rules out: e^-30, finite in every precision


@keras.saving.register_keras_serializable(package="labelfeed")
class BayesProductLayer(keras.layers.Layer):
    """Multiply class probabilities by a fitted count table of side labels: `p(y|x) prod p(s_k|y)`.

    With `from_logits` it adds `w_k log p(s_k | y)` to logits: the offset of a model that learns
    only what the side labels do not tell by themselves. The tables are part of the config and are
    not trained; the strengths `w_k >= 0` start at 1 and are trained if asked for. An unknown side
    label leaves its input as it is.

    Args:
        product: A fitted `BayesProduct`, or its config.
        from_logits: Whether inputs and outputs are logits rather than probabilities.
        train_strength: Whether `w_k` are trained.
        **kwargs: `name`, `dtype`, `trainable`.

    Input shape:
        A list `[scores, side label, ...]`: scores `(batch, classes)`; int32 side labels `(batch,)`,
        for multi `(batch, labels)`, in the order of `product.sides`; -1 unknown.

    Output shape:
        `(batch, classes)`.

    Raises:
        ValueError: The product is not fitted, or the inputs do not fit it.

    References:
        Lewis 1998, Naive (Bayes) at forty.

    Example:
        >>> from labelfeed import LabelSpec
        >>> from labelfeed.sides.bayes_product import BayesProduct
        >>> product = BayesProduct(LabelSpec.single(3), LabelSpec.single(2, "case"), mode="hard")
        >>> layer = BayesProductLayer(product.fit([0, 1, 2], [[0, 0, 1]]))
        >>> out = layer([np.array([[0.2, 0.2, 0.6]]), np.array([0])])
        >>> keras.ops.convert_to_numpy(out).round(3).tolist()
        [[0.5, 0.5, 0.0]]
    """

    def __init__(
        self,
        product: BayesProduct | dict[str, Any],
        from_logits: bool = False,
        train_strength: bool = False,
        **kwargs: Any,
    ) -> None:
        """Check and store the arguments."""
        super().__init__(**kwargs)
        given: Any = product
        self.product = BayesProduct.from_config(given) if isinstance(given, dict) else given
        if not isinstance(self.product, BayesProduct) or not self.product.tables:
            raise ValueError("BayesProductLayer needs a fitted BayesProduct: call fit first.")
        self.from_logits = from_logits
        self.train_strength = train_strength
        # (states + 1, classes) for each label; the last row is unknown
        self._tables = [
            np.concatenate([np.maximum(t.T, _FLOOR), np.zeros((1, len(t)))]).astype("float32")
            for t in self.product.tables
        ]

    def build(self, input_shape: Shapes) -> None:
        """Allocate the strengths."""
        expected = 1 + len(self.product.sides)
        shapes = list(input_shape)
        classes = self.product.target.num_classes
        if len(shapes) != expected or tuple(shapes[0])[1:] != (classes,):
            names = ", ".join(side.name for side in self.product.sides)
            raise ValueError(
                f"BayesProductLayer reads [scores of shape (batch, {classes}), {names}], got the "
                f"shapes {input_shape}."
            )
        self.strength = self.add_weight(
            shape=(len(self._tables),),
            initializer="ones",
            constraint="non_neg",
            trainable=self.train_strength,
            name="strength",
        )

    def call(self, inputs: Sequence[Tensor]) -> Tensor:
        """Return the corrected scores."""
        scores, *sides = inputs
        offset = self._offset(sides)
        if self.from_logits:
            return scores + ops.cast(offset, scores.dtype)
        logits = ops.log(ops.maximum(ops.cast(scores, "float32"), 1e-30)) + offset
        return ops.cast(ops.softmax(logits, axis=-1), scores.dtype)

    def _offset(self, sides: Sequence[Tensor]) -> Tensor:
        labels: list[Tensor] = []
        for spec, side in zip(self.product.sides, sides, strict=True):
            labels += _labels(spec, ops.cast(side, "int32"))
        total = 0.0
        for number, (table, label) in enumerate(zip(self._tables, labels, strict=True)):
            row = ops.where(label < 0, len(table) - 1, label)
            found = ops.take(ops.convert_to_tensor(table), row, axis=0)
            total = total + found * ops.cast(self.strength[number], "float32")
        return total

    def compute_output_shape(self, input_shape: Shapes) -> Shape:
        """Return the output's shape, that of the scores."""
        return tuple(input_shape[0])

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "product": self.product.get_config(),
            "from_logits": self.from_logits,
            "train_strength": self.train_strength,
        }


def _labels(spec: LabelSpec, side: Tensor) -> list[Tensor]:
    return [side] if len(side.shape) == 1 else [side[:, j] for j in range(spec.num_entries)]
