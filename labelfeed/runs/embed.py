"""Embeddings of raw rows with a run; no label is read."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from labelfeed.labels.encoding import UNKNOWN
from labelfeed.models.margin import MarginModel
from labelfeed.runs.folder import Run, RunError

__all__ = ["embed"]


def embed(run: Run, features: Any, *, normalize: bool = True, batch_size: int = 256) -> np.ndarray:
    """Return the embedding of each row: what the last layer, the classifier, reads.

    For a run of the strategy `margin` that is the output of its embedder. For another run it is the
    input of the last dense layer, with every label unknown. Cosines between rows of a margin run
    are what its training shaped; those of another run were never trained to mean anything.

    Args:
        run: The run.
        features: Raw rows: a DataFrame, or an array of shape `(n, d)` or
            `(n, height, width, channels)`.
        normalize: Whether to scale each embedding to length 1, so that dot products are cosines.
        batch_size: Rows per step.

    Returns:
        float32 array of shape `(n, dimension)`.

    Raises:
        DataError: A row does not fit what the run was trained on; names row and column.
        RunError: The network reads side labels, or does not end in a dense layer.

    Example:
        >>> run = labelfeed.runs.folder.load_run("run")  # doctest: +SKIP
        >>> embed(run, table).shape  # doctest: +SKIP
        (120, 64)
    """
    network = _body(run.model)
    x = run.preprocessor.transform(features)
    if len(x) == 0:
        return np.zeros((0, int(network.output.shape[-1])), np.float32)
    unknown = np.full((len(x), *run.spec.shape), UNKNOWN, np.int32)
    inputs = [unknown if i.name == run.spec.input_name else x for i in network.inputs]
    out = network.predict(
        inputs if len(inputs) > 1 else inputs[0], batch_size=batch_size, verbose=0
    )
    vectors = np.asarray(out, np.float32)
    if normalize:
        vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return vectors


def _body(model: Any) -> Any:
    """Return the network up to its classifier."""
    if isinstance(model, MarginModel):
        return model.embedder
    network = model.network
    while isinstance(network.layers[-1], keras.Model):  # a plain network under `without_label`
        network = network.layers[-1]
    if sum(i.name != model.label.input_name for i in network.inputs) > 1:
        raise RunError(
            "This run reads side labels, so a row has no embedding of its own. Train with "
            "--strategy margin, or plain."
        )
    last = network.layers[-1]
    if not isinstance(last, keras.layers.Dense) or len(last.input.shape) != 2:
        raise RunError(
            f"The network of this run ends in a {type(last).__name__}, not in a dense layer behind "
            "an embedding (batch, dimension). Train with --strategy margin, or plain."
        )
    return keras.Model(network.inputs, last.input)
