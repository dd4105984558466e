"""Rows and labels to compare an export with Keras on: made up, as a run keeps no rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labelfeed.data.columns import Category
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.labels.encoding import UNKNOWN
from labelfeed.labels.spec import LabelSpec

__all__ = ["known_to_try", "rows_to_try", "sides_to_try"]


def rows_to_try(preprocessor: Preprocessor, count: int, seed: int = 0) -> np.ndarray:
    """Return preprocessed rows such as could be: one word of a category, normal numbers, pixels.

    Args:
        preprocessor: Of the run.
        count: Number of rows.
        seed: Of the numbers.

    Returns:
        float32 `(count, *preprocessor.shape)`.
    """
    rng = np.random.default_rng(seed)
    columns = [
        _words(len(column.outputs), column.other, count, rng)
        if isinstance(column, Category)
        else rng.normal(size=(count, len(column.outputs)))
        for column in preprocessor.columns
    ]
    picture = preprocessor.picture or (preprocessor.shape if preprocessor.kind == "image" else ())
    if picture:
        columns.insert(0, rng.random((count, int(np.prod(picture)))))
    together = np.concatenate(columns, axis=1).astype(np.float32)
    return together.reshape(count, *preprocessor.shape)


def known_to_try(spec: LabelSpec, count: int, seed: int = 1) -> np.ndarray:
    """Return encoded labels of which about half are known, int32 `(count[, places])`."""
    rng = np.random.default_rng(seed)
    if not spec.shape:
        return _ids(spec.num_classes, count, rng)
    out = np.full((count, spec.num_classes), UNKNOWN, np.int32)
    for column in spec.label_columns:
        out[:, list(column.places)] = column.labels(_ids(column.num_classes, count, rng))
    return out


def sides_to_try(sides: Sequence[LabelSpec], count: int) -> dict[str, np.ndarray]:
    """Return side labels by name, of which about half are known."""
    return {side.name: known_to_try(side, count, seed) for seed, side in enumerate(sides, 2)}


def _ids(classes: int, count: int, rng: np.random.Generator) -> np.ndarray:
    ids = rng.integers(0, classes, count)
    return np.where(rng.random(count) < 0.5, ids, UNKNOWN).astype(np.int32)


def _words(width: int, other: bool, count: int, rng: np.random.Generator) -> np.ndarray:
    out = np.eye(width)[rng.integers(0, width, count)]
    if not other:
        out[:, -1] = 0.0
    return out
