"""What a trained network has learned a label to be: a vector for each of its values."""

from __future__ import annotations

import numpy as np
from keras import ops

from labelfeed.heads.cosine import CosineHead
from labelfeed.layers.label_embedding import LabelEmbedding
from labelfeed.models.keras_private import all_layers
from labelfeed.models.wrapping import as_predictor
from labelfeed.types import AnyModel

__all__ = ["label_vectors"]


def label_vectors(model: AnyModel) -> tuple[np.ndarray | None, tuple[str, ...]]:
    """Return the learned vectors of labels `(count, width)` and their names.

    Of the first `LabelEmbedding`: a vector for each class of a label, or for each yes/no label that
    is present. Else the class centres of a margin head, one a class. `None` where there is neither.

    Args:
        model: A trained model that `as_predictor` takes.
    """
    predictor = as_predictor(model)
    layers = [] if predictor.model is None else all_layers(predictor.model)
    for layer in layers:
        if isinstance(layer, LabelEmbedding) and layer.built and layer.vectors is None:
            spec, table = layer.spec, ops.convert_to_numpy(layer.embeddings)
            names = tuple(spec.name_of(place) for place in range(spec.num_classes))
            if spec.kind == "single":
                return table[: spec.num_classes].astype(np.float32), names
            states = len(table) // len(names)  # absent, present, unknown
            return table[1::states].astype(np.float32), names
    for layer in layers:
        if isinstance(layer, CosineHead) and layer.built and layer.sub_centres == 1:
            spec = predictor.spec
            table = ops.convert_to_numpy(layer.centres).astype(np.float32)
            return table, tuple(spec.name_of(place) for place in range(spec.num_classes))
    return None, ()
