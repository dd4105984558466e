"""Embeddings of raw rows with a run; no label is read."""

from __future__ import annotations

import numpy as np

from labelfeed.models.wrapping import as_predictor
from labelfeed.types import AnyModel, Features

__all__ = ["embed"]


def embed(
    run: AnyModel, features: Features, *, normalize: bool = True, batch_size: int | None = None
) -> np.ndarray:
    """Return the embedding of each row: what the last layer, the classifier, reads.

    For a run of the strategy `margin` that is the output of its embedder. For another run it is the
    input of the last dense layer, with every label unknown. Cosines between rows of a margin run
    are what its training shaped; those of another run were never trained to mean anything.

    Args:
        run: The `Run`, or another model that `as_predictor` takes.
        features: Rows as it takes them; for a run raw ones: a DataFrame, or an array of shape
            `(n, d)` or `(n, height, width, channels)`.
        normalize: Whether to scale each embedding to length 1, so that dot products are cosines.
        batch_size: Rows per step; by default 256, for the small rows of a run more.

    Returns:
        float32 array of shape `(n, dimension)`.

    Raises:
        DataError: A row does not fit what the run was trained on; names row and column.
        PredictorError: The network reads side labels, or does not end in a dense layer.

    Example:
        >>> run = labelfeed.runs.folder.load_run("run")  # doctest: +SKIP
        >>> embed(run, table).shape  # doctest: +SKIP
        (120, 64)
    """
    vectors = as_predictor(run, batch_size=batch_size).embedding(features)
    if normalize:
        vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return vectors
