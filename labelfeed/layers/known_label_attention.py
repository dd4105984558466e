"""Label tokens that attend to each other and to the features, after C-Tran."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from labelfeed.labels.spec import LabelSpec
from labelfeed.layers._texts import documented
from labelfeed.layers.base import LabelLayer, dropout_rate
from labelfeed.types import Identifier, Shape, Shapes, Tensor

__all__ = ["KnownLabelAttention"]


@keras.saving.register_keras_serializable(package="labelfeed")
@documented
class KnownLabelAttention(LabelLayer):
    """Predict a logit for each label from tokens of labels and features that attend to each other.

    Each label is a token `t_j = E_j + S[state_j]` (absent, present or unknown). Features become
    tokens by a dense layer: `(batch, n, d)` token for token, images `(batch, h, w, d)` place for
    place (with a learned position), vectors `(batch, d)` as `feature_tokens` tokens. All tokens
    pass `depth` blocks of attention and a dense network, each with a residual and layer
    normalisation before; then `logit_j = w_j . t_j + b_j`. In the last block only the label
    tokens ask: nothing reads the feature tokens after it.

    Args:
        {multi_spec}
        width: Length of a token, a multiple of `heads`.
        heads: Attention heads, >= 1.
        depth: Blocks, >= 1.
        feature_tokens: Tokens that a feature vector becomes, >= 1.
        activation: Any Keras activation of the dense networks.
        dropout: Probability in [0, 1) that a unit behind attention or dense network is zeroed.
        {label_dropout}
        {label_kwargs}

    Input shape:
        A list `[features, label]`: features `(batch, d)`, `(batch, n, d)` or `(batch, h, w, d)`;
        int32 label `(batch, num_labels)`, -1 unknown.

    Output shape:
        `(batch, num_labels)` logits.

    Raises:
        ValueError: The spec is `single`, `width` is no multiple of `heads`, or the features have
            another rank.

    References:
        Lanchantin, Wang, Ordonez and Qi 2021, General multi-label image classification with
        transformers.

    Example:
        >>> import numpy as np
        >>> from labelfeed import LabelSpec
        >>> layer = KnownLabelAttention(LabelSpec.multi(3), width=8, heads=2)
        >>> tuple(layer([np.ones((2, 5)), np.array([[1, -1, 0]] * 2)]).shape)
        (2, 3)
    """

    multi_only = True

    def __init__(
        self,
        spec: LabelSpec,
        width: int = 32,
        heads: int = 2,
        depth: int = 1,
        feature_tokens: int = 4,
        activation: Identifier = "relu",
        dropout: float = 0.1,
        label_dropout: float = 0.0,
        **kwargs: Any,
    ) -> None:
        """Check and store the arguments."""
        super().__init__(spec, label_dropout, **kwargs)
        if heads < 1 or width < 1 or width % heads:
            raise ValueError(f"width must be a multiple of heads, got {width} and {heads}.")
        if depth < 1 or feature_tokens < 1:
            raise ValueError(
                f"depth and feature_tokens must be >= 1, got {depth} and {feature_tokens}."
            )
        self.width, self.heads, self.depth = int(width), int(heads), int(depth)
        self.feature_tokens = int(feature_tokens)
        self.activation = keras.activations.get(activation)
        self.dropout = dropout_rate(dropout, "dropout")
        policy = self.dtype_policy
        self.project: Any = None
        self.drop = keras.layers.Dropout(self.dropout, dtype=policy)
        self.blocks = [
            {
                "norm": keras.layers.LayerNormalization(dtype=policy, name=f"norm_{i}"),
                "ask": keras.layers.Dense(width, dtype=policy, name=f"ask_{i}"),
                "answer": keras.layers.Dense(2 * width, dtype=policy, name=f"answer_{i}"),
                "out": keras.layers.Dense(width, dtype=policy, name=f"out_{i}"),
                "norm_dense": keras.layers.LayerNormalization(dtype=policy, name=f"norm_dense_{i}"),
                "wide": keras.layers.Dense(
                    2 * width, activation=self.activation, dtype=policy, name=f"wide_{i}"
                ),
                "narrow": keras.layers.Dense(width, dtype=policy, name=f"narrow_{i}"),
            }
            for i in range(depth)
        ]

    def build(self, input_shape: Shapes) -> None:
        """Allocate tokens, positions, blocks and the read-out of each label."""
        shape = tuple(input_shape[0])
        if len(shape) not in (2, 3, 4) or None in shape[1:]:
            raise ValueError(
                "KnownLabelAttention takes features (batch, d), (batch, n, d) or "
                f"(batch, h, w, d) of known size, got {shape}."
            )
        labels, width = self.spec.num_classes, self.width
        vector = len(shape) == 2
        places = self.feature_tokens if vector else 1
        for size in shape[1:-1]:
            places *= size
        units = width * self.feature_tokens if vector else width
        self.project = keras.layers.Dense(units, dtype=self.dtype_policy, name="project")
        self.project.build((None, shape[-1]))
        small = keras.initializers.RandomNormal(stddev=0.02)
        self.positions = self.add_weight((places, width), small, name="positions")
        self.label_tokens = self.add_weight((labels, width), small, name="label_tokens")
        self.state_tokens = self.add_weight((3, width), small, name="state_tokens")
        self.readout = self.add_weight((labels, width), "glorot_uniform", name="readout")
        self.bias = self.add_weight((labels,), "zeros", name="bias")
        for block in self.blocks:
            for name, layer in block.items():
                layer.build((None, None, 2 * width if name == "narrow" else width))

    def call(self, inputs: Sequence[Tensor], training: bool | None = None) -> Tensor:
        """Return a logit for each label."""
        features, label = inputs
        label = self.checked_label(label, training)
        tokens = ops.reshape(self.project(features), (-1, *self.positions.shape))
        tokens = tokens + ops.cast(self.positions, self.compute_dtype)
        rows = ops.take(self.state_tokens, self.states(label), axis=0)
        asked = ops.cast(self.label_tokens + rows, self.compute_dtype)  # (batch, labels, width)
        for index, block in enumerate(self.blocks):
            if index < self.depth - 1:
                joined = ops.concatenate([asked, tokens], axis=1)
                joined = self._block(block, joined, joined, training)
                asked, tokens = (
                    joined[:, : self.spec.num_classes],
                    joined[:, self.spec.num_classes :],
                )
            else:
                joined = ops.concatenate([asked, tokens], axis=1)
                asked = self._block(block, asked, joined, training)
        read = ops.sum(asked * ops.cast(self.readout, self.compute_dtype), axis=-1)
        return read + ops.cast(self.bias, self.compute_dtype)

    def _block(
        self, block: dict[str, Any], asking: Tensor, tokens: Tensor, training: bool | None
    ) -> Tensor:
        """Return the asking tokens after attention to all tokens and a dense network."""
        query = self._heads(block["ask"](block["norm"](asking)))  # (batch, heads, asking, size)
        both = block["answer"](block["norm"](tokens))
        key, value = (self._heads(part) for part in ops.split(both, 2, axis=-1))
        # float32: the exponentials of float16 overflow at 11.
        score = ops.matmul(ops.cast(query, "float32"), ops.swapaxes(ops.cast(key, "float32"), 2, 3))
        weight = ops.softmax(score / (self.width // self.heads) ** 0.5, axis=-1)
        mixed = ops.matmul(ops.cast(weight, self.compute_dtype), value)
        mixed = ops.reshape(ops.swapaxes(mixed, 1, 2), (-1, asking.shape[1], self.width))
        asking = asking + self.drop(block["out"](mixed), training=training)
        wide = block["wide"](block["norm_dense"](asking))
        return asking + self.drop(block["narrow"](wide), training=training)

    def _heads(self, tokens: Tensor) -> Tensor:
        shape = (-1, tokens.shape[1], self.heads, self.width // self.heads)
        return ops.swapaxes(ops.reshape(tokens, shape), 1, 2)

    def compute_output_shape(self, input_shape: Shapes) -> Shape:
        """Return `(batch, num_labels)`."""
        return (input_shape[0][0], self.spec.num_classes)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "width": self.width,
            "heads": self.heads,
            "depth": self.depth,
            "feature_tokens": self.feature_tokens,
            "activation": keras.activations.serialize(self.activation),
            "dropout": self.dropout,
        }
