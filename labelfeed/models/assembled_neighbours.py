"""The plain model `neighbours` of `labelfeed.estimators` as a network."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops

from labelfeed.estimators.neighbour_keys import FAR
from labelfeed.estimators.neighbours import NeighbourLogits
from labelfeed.layers.frozen_scaling import FrozenScaling
from labelfeed.layers.neighbour_labels import NeighbourLabels
from labelfeed.layers.neighbour_rows import NeighbourRows
from labelfeed.models.converted_inputs import dense
from labelfeed.types import Tensor

__all__ = ["neighbour_shares"]


def neighbour_shares(final: NeighbourLogits, x: Tensor) -> Tensor:
    """Return the shares of labels among the neighbours of symbolic features.

    Args:
        final: The fitted plain model; its context becomes weights that are not trained.
        x: Symbolic float32 `(batch, d)`.

    Returns:
        Symbolic `(batch, places)`.
    """
    keys, spec = final.keys, final.spec
    scaling = FrozenScaling()
    scaling.assign(keys.centre, keys.scale)
    u, w = ops.clip(scaling(x), -FAR, FAR), keys.weights
    hidden = dense(u, w["hidden"], w["bias"], activation="relu")
    both = [dense(u, w["direct"], 0.0), dense(hidden, w["through"], 0.0)]
    key = keras.layers.Add(dtype="float32")(both)
    layer = NeighbourLabels(spec, len(final.key), final.k, trainable=False)
    layer.build([x.shape, key.shape])
    ids = final.labels if spec.shape else spec.label_columns[0].ids(final.labels)[:, None]
    layer.put(
        NeighbourRows(
            final.marks.scale, final.equal, final.key, np.asarray(ids, np.int32), final.groups,
            final.base,
        )
    )  # fmt: skip
    return layer([x, key])
