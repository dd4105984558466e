"""Rows of features in the forms that an audit takes them: counted, and taken one by one."""

from __future__ import annotations

import keras
import numpy as np

from labelfeed.types import Features

__all__ = ["row_count", "take_rows"]


def row_count(features: Features) -> int:
    """Return the number of rows of an array, a table, or a list or dict of arrays."""
    if isinstance(features, dict):
        features = next(iter(features.values()))
    elif isinstance(features, (list, tuple)):
        features = features[0]
    return int(features.shape[0])


def take_rows(features: Features, rows: np.ndarray) -> Features:
    """Return the given rows of an array, a table, or a list or dict of arrays, as NumPy."""
    if isinstance(features, dict):
        return {key: take_rows(value, rows) for key, value in features.items()}
    if isinstance(features, (list, tuple)):
        return [take_rows(value, rows) for value in features]
    if hasattr(features, "to_numpy"):
        return features.to_numpy()[rows]
    if not isinstance(features, np.ndarray):
        features = keras.ops.convert_to_numpy(features)
    return features[rows]
