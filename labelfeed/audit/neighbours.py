"""Does a row of the context read its own label, or that of a row that belongs to it?"""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops

from labelfeed.estimators.nearest import RowMarks
from labelfeed.layers.neighbour_labels import NeighbourLabels
from labelfeed.models.keras_private import all_layers
from labelfeed.types import KerasModel

__all__ = ["reads_own_label"]

_ROWS = 8  # of the context that are asked
_SAME = 1e-6


def reads_own_label(model: KerasModel, seed: int = 0) -> bool | None:
    """Tell whether rows of the context of `NeighbourLabels` layers read their own labels there.

    Some rows are fed to the layer with the labels of all that belongs to them changed, themselves,
    equal rows and their group: what comes out must stay. An equal row is planted in the last
    place. The layers are left as they were.

    Args:
        model: Any Keras model.
        seed: Of the rows.

    Returns:
        `None` where the model has no such layer, or none with rows.
    """
    found = [
        _reads(layer, seed)
        for layer in all_layers(model)
        if isinstance(layer, NeighbourLabels) and _held(layer)
    ]
    return any(found) if found else None


def _held(layer: NeighbourLabels) -> int:
    return int((np.asarray(ops.convert_to_numpy(layer.groups)) >= 0).sum())


def _reads(layer: NeighbourLabels, seed: int) -> bool:
    weights = (layer.context, layer.labels, layer.marks, layer.groups)
    before = [np.array(ops.convert_to_numpy(w)) for w in weights]
    rng, marks = np.random.default_rng(seed), RowMarks(ops.convert_to_numpy(layer.scale))
    rows = rng.permutation(_held(layer))[:_ROWS]
    try:
        return any(_reads_own(layer, weights, before, marks, int(row), rng) for row in rows)
    finally:
        for weight, value in zip(weights, before, strict=True):
            weight.assign(value)


def _reads_own(
    layer: NeighbourLabels,
    weights: tuple[Any, ...],
    before: list[np.ndarray],
    marks: RowMarks,
    row: int,
    rng: np.random.Generator,
) -> bool:
    context, labels, own, groups = (value.copy() for value in before)
    features = context[row : row + 1]
    if layer.with_keys:  # features are not held: others in their place, with their mark
        features = rng.normal(size=(1, len(marks.scale))).astype(np.float32) / marks.scale * 1e4
        own[row] = marks.of(features)[0]
    twin = len(groups) - 1  # the last place becomes an equal row
    context[twin], own[twin], groups[twin] = context[row], own[row], groups[row]
    alike = groups == groups[row]
    said = []
    for value in (0, 1):
        changed = labels.copy()
        changed[alike] = value
        order = np.argsort(own, kind="stable")  # as the layer looks marks up
        for weight, array in zip(weights, (context, changed, own, groups), strict=True):
            weight.assign(array[order])
        given = [features, context[row : row + 1]] if layer.with_keys else features
        said.append(np.asarray(ops.convert_to_numpy(layer(given, training=False))))
    return bool(np.abs(said[0] - said[1]).max() > _SAME)
