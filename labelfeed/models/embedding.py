"""What the embedding of a network is: the input of its last dense layer, the classifier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec
from labelfeed.layers.prior_shift import PriorShift
from labelfeed.predictors.responses import PredictorError
from labelfeed.types import Features, KerasLayer, KerasModel

__all__ = ["embed_rows", "embedder_of", "feature_network", "last_dense"]


def embedder_of(network: KerasModel, labels: Sequence[str] = ()) -> KerasModel:
    """Return a network up to its classifier.

    Args:
        network: Functional `keras.Model` of one feature input and any label inputs.
        labels: Names of the label inputs.

    Returns:
        `keras.Model` of the same inputs whose output is the embedding `(batch, dimension)`.

    Raises:
        PredictorError: It reads something beside one feature input and the label, or does not end
            in a dense layer.

    Example:
        >>> import keras
        >>> x = keras.Input((4,))
        >>> h = keras.layers.Dense(3)(x)
        >>> embedder_of(keras.Model(x, keras.layers.Dense(2)(h))).output.shape
        (None, 3)
    """
    network, last = _end_of(network)
    if sum(i.name not in labels for i in network.inputs) > 1:
        raise PredictorError(
            "This network reads side labels, or several features, so a row has no embedding of its "
            "own. Train with --strategy margin, or --plain network."
        )
    if not isinstance(last, keras.layers.Dense) or len(last.input.shape) != 2:
        raise PredictorError(
            f"This network ends in a {type(last).__name__}, not in a dense layer behind an "
            "embedding (batch, dimension). Train with --strategy margin, or --plain network."
        )
    return keras.Model(network.inputs, last.input)


def feature_network(model: KerasModel) -> KerasModel:
    """Return what makes vectors or maps of pictures: of a model of ours what its last layer reads.

    Args:
        model: A `LabelFedModel` that reads no label, a `MarginModel`, or a `keras.Model`, which is
            returned as it is.

    Raises:
        PredictorError: A model of ours reads more than its features.
        ValueError: It does not read pictures alone.

    Example:
        >>> x = keras.Input((8, 8, 1))
        >>> model = keras.Model(x, keras.layers.Conv2D(2, 3)(x))
        >>> feature_network(model) is model
        True
    """
    network = getattr(model, "embedder", None) or getattr(model, "network", None)
    made = model
    if network is not None:
        made = network if hasattr(model, "embedder") else embedder_of(network)
    inputs: Sequence[Any] = getattr(made, "inputs", None) or ()
    if len(inputs) != 1 or len(inputs[0].shape) != 4:
        shapes = [tuple(i.shape) for i in inputs]
        raise ValueError(f"it does not read pictures alone: its inputs have the shapes {shapes}.")
    return made


def last_dense(network: KerasModel, units: int) -> tuple[KerasModel, KerasLayer]:
    """Return the innermost network at the end, and the dense layer that makes its logits.

    Args:
        network: Functional `keras.Model`.
        units: Of that layer.

    Raises:
        ValueError: There is no such layer.
    """
    network, _ = _end_of(network)
    for layer in reversed(network.layers):
        if isinstance(layer, keras.layers.Dense) and layer.units == units:
            return network, layer
    raise ValueError(f"The network ends in no dense layer of {units} units.")


def _end_of(network: KerasModel) -> tuple[KerasModel, KerasLayer]:
    """Return the innermost network at the end, and its last layer but for a shift of the prior."""
    while True:
        layers = network.layers
        last = layers[-2] if isinstance(layers[-1], PriorShift) else layers[-1]
        if not isinstance(last, keras.Model):  # else a plain network under `without_label`
            return network, last
        network = last


def embed_rows(embedder: KerasModel, x: Features, spec: LabelSpec, batch_size: int) -> np.ndarray:
    """Return the embedding of each row with the label unknown, float32 `(n, dimension)`.

    Args:
        embedder: What `embedder_of` returned, or any network of one feature input.
        x: Features, one array.
        spec: The label, fed as unknown to its input if there is one.
        batch_size: Rows per step.
    """
    if len(x) == 0:
        return np.zeros((0, int(embedder.output.shape[-1])), np.float32)
    unknown = np.full((len(x), *spec.shape), UNKNOWN, np.int32)
    inputs = [unknown if i.name == spec.input_name else x for i in embedder.inputs]
    out = embedder.predict(
        inputs if len(inputs) > 1 else inputs[0], batch_size=batch_size, verbose=0
    )
    return np.asarray(out, np.float32)
