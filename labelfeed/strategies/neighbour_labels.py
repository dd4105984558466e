"""Strategy `neighbour-labels`: the labels of the nearest other training rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from labelfeed.data.dataset import Dataset
from labelfeed.data.groups import together
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.estimators.neighbour_keys import FAR
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.column_probabilities import ColumnProbabilities
from labelfeed.layers.frozen_scaling import FrozenScaling
from labelfeed.layers.neighbour_labels import NeighbourLabels
from labelfeed.models.converted_scores import share_logits
from labelfeed.models.label_fed import LabelFedModel
from labelfeed.options import NeighbourLabelsOptions
from labelfeed.strategies.networks import build_network, without_label
from labelfeed.strategies.pictures import FeatureShape
from labelfeed.strategies.recipe import Recipe, compile_probabilities, without_sides
from labelfeed.types import Identifier, KerasModel, Tensor
from labelfeed.visibility.policies import Hidden

__all__ = ["NEIGHBOUR_LABELS", "neighbour_labels"]

_OWN = NeighbourLabelsOptions()
_LEAST = 1e-4  # share of neighbours, and probability of the network, that has a logit
_CANDIDATES, _HIDDEN, _KEY, _DROPOUT = 1024, 128, 32, 0.3  # of the keys, as in `estimators`


def neighbour_labels(
    spec: LabelSpec,
    features: FeatureShape | KerasModel,
    *,
    context: Sequence[Any],
    context_size: int = 10_000,
    neighbours: int = 96,
    encoder: KerasModel | None = None,
    width: int = _OWN.width,
    depth: int = _OWN.depth,
    activation: str = _OWN.activation,
    dropout: float = _OWN.dropout,
    learning_rate: float = _OWN.learning_rate,
    weight_decay: float = _OWN.weight_decay,
    augment: str = _OWN.augment,
    metrics: Identifier | None = None,
) -> LabelFedModel:
    """Return a compiled model that reads the labels of the nearest training rows.

    Row of the table: *labels of other rows*. The logits are those of a network plus those of the
    shares of labels among the neighbours, whose distance is trained with the rest. A row never
    reads its own label, nor that of a row equal to it or of its group (`layers.NeighbourLabels`).
    The model holds the features and labels of the context: do not give it away where these are
    secret.

    Args:
        spec: `LabelSpec` of the target.
        features: Shape of one row, for the default network, or a `keras.Model` of your own,
            features -> class probabilities.
        context: `(features, labels)` or `(features, labels, groups)` of the training rows: of no
            row whose score shall be believed. What `fit` is given, exactly.
        context_size: Rows that are held at most, >= 1, drawn at random.
        neighbours: Rows whose labels are read, >= 1.
        encoder: `keras.Model`, features -> keys `(batch, e)`, whose distance says what is near,
            such as the trunk of your own network; `None`: a small network of the flattened
            features.
        width: Units of each dense layer of the default network, >= 1.
        depth: Number of its dense layers, >= 1.
        activation: Their activation.
        dropout: Their dropout in [0, 1).
        learning_rate: Of AdamW, > 0.
        weight_decay: Decoupled weight decay of AdamW, >= 0.
        augment: What training does to pictures: `"light"`, `"flip"` or `"none"`. Of the default
            network; neighbours are found by the pictures as they are.
        metrics: Keras metrics.

    Raises:
        ValueError: The network does not fit the label, the context has no row with a known label
            or values that are not finite, or an argument is out of its range.

    References:
        Gorishniy et al. 2024, TabR; Ye et al. 2025, Revisiting nearest neighbor for tabular data.

    Example:
        >>> import labelfeed, numpy as np
        >>> spec = labelfeed.LabelSpec.single(["cat", "dog"])
        >>> x, y = np.random.rand(40, 5).astype("float32"), np.random.randint(0, 2, 40)
        >>> model = labelfeed.strategies.neighbour_labels(spec, (5,), context=(x, y), width=8)
        >>> history = model.fit(x, y, epochs=1, verbose=0)
        >>> model.predict(x, verbose=0).shape
        (40, 2)
    """
    spec = LabelSpec.from_config(spec)
    if not isinstance(context, (tuple, list)) or len(context) not in (2, 3):
        raise ValueError("context must be (features, labels) or (features, labels, groups).")
    rows, labels = np.asarray(context[0], np.float32), context[1]
    groups = context[2] if len(context) == 3 else None
    network: Any = features
    if isinstance(features, (tuple, list)):
        network = build_network(
            tuple(features), spec, conditioning=None, width=width, depth=depth,
            activation=activation, dropout=dropout, augment=augment,
        )  # fmt: skip
    x = keras.Input(network.inputs[0].shape[1:], name="rows")
    if rows.shape[1:] != tuple(x.shape[1:]):
        raise ValueError(
            f"The context's features have shape {rows.shape}; expected (rows, "
            f"{', '.join(map(str, x.shape[1:]))}), as the network reads them."
        )
    flat = rows.reshape(len(rows), -1)
    held = max(1, min(len(flat), context_size))
    layer = NeighbourLabels(
        spec, held, neighbours, candidates=_CANDIDATES,
        encoder=_keys(flat) if encoder is None else _of_flat(encoder, x),
    )  # fmt: skip
    layer.adapt(flat, labels, groups)
    shares = layer(keras.layers.Reshape((flat.shape[1],))(x) if len(x.shape) > 2 else x)
    out = ColumnProbabilities(spec)(
        share_logits(network(x), spec, _LEAST) + share_logits(shares, spec, _LEAST)
    )
    whole = keras.Model(x, out)
    model = LabelFedModel(without_label(whole, spec), spec, Hidden())
    return compile_probabilities(model, learning_rate, weight_decay, metrics)


def _keys(rows: np.ndarray) -> KerasModel:
    """Return the network of keys, on the scale of the context."""
    x = keras.Input((rows.shape[1],))
    spread = rows.std(axis=0)
    scaling = FrozenScaling()
    scaling.assign(rows.mean(axis=0), np.where(spread > 1e-9, spread, 1.0))
    u: Tensor = ops.clip(scaling(x), -FAR, FAR)
    hidden = keras.layers.Dense(_HIDDEN, activation="relu", dtype="float32")(u)
    hidden = keras.layers.Dropout(_DROPOUT, dtype="float32")(hidden)
    both = [keras.layers.Dense(_KEY, use_bias=False, dtype="float32")(part) for part in (u, hidden)]
    return keras.Model(x, keras.layers.Add(dtype="float32")(both), name="keys")


def _of_flat(encoder: KerasModel, x: Tensor) -> KerasModel:
    """Return an encoder that reads flattened features."""
    out = encoder.output_shape if hasattr(encoder, "output_shape") else ()
    if len(out) != 2:
        raise ValueError(f"encoder must give keys (batch, e), got the shape {out}.")
    if len(x.shape) == 2:
        return encoder
    flat = keras.Input((int(np.prod(x.shape[1:])),))
    return keras.Model(flat, encoder(keras.layers.Reshape(tuple(x.shape[1:]))(flat)))


def _build(shape: FeatureShape, rows: Dataset, options: NeighbourLabelsOptions) -> KerasModel:
    x = Preprocessor.fit(rows.features).transform(rows.features)
    groups = together(rows.features, rows.groups, rows.group_name).ids
    context = (x, rows.labels, groups)
    return neighbour_labels(rows.spec, shape, context=context, **options.shared())


NEIGHBOUR_LABELS = Recipe(NeighbourLabelsOptions, _build, without_sides("neighbour-labels"))
