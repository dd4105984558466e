"""Rows of features: how many, some of them, and which go with which."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from labelfeed.types import Features, Labels, Tensor

__all__ = ["array_of", "num_rows", "rows_at", "same_rows"]


def array_of(value: Tensor) -> np.ndarray:
    """Return a tensor of whatever backend as an array."""
    keras: Any = sys.modules.get("keras")  # without it nobody has made a tensor of its backend
    known = keras is None or isinstance(value, (np.ndarray, list, tuple))
    array: np.ndarray = np.asarray(value) if known else keras.ops.convert_to_numpy(value)
    return array


def num_rows(x: Features) -> int | None:
    """Return the number of rows of array features, `None` for streams."""
    leaf = _first(x)
    shape = getattr(leaf, "shape", None)
    return int(shape[0]) if shape is not None and len(shape) else None


def _first(x: Features) -> Features:
    """Return the first part of features that is there, `None` if none is."""
    if not isinstance(x, (Mapping, list, tuple)):
        return x
    parts = x.values() if isinstance(x, Mapping) else x
    return next((leaf for leaf in map(_first, parts) if leaf is not None), None)


def rows_at(x: Features, rows: np.ndarray) -> Features:
    """Return rows of features by their positions, each as often as it is named.

    Args:
        x: Arrays, tensors or tables, alone or in a list or dict; tables stay tables.
        rows: Positions `(m,)`.

    Example:
        >>> rows_at({"a": np.arange(3)}, np.array([2, 0, 2]))["a"].tolist()
        [2, 0, 2]
    """
    if isinstance(x, Mapping):
        return {key: rows_at(value, rows) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        return [rows_at(value, rows) for value in x]
    if hasattr(x, "iloc"):
        return x.iloc[rows]
    is_array = isinstance(x, np.ndarray) or hasattr(x, "to_numpy")  # polars
    return (x if is_array else array_of(x))[rows]


def same_rows(**parts: Any) -> None:
    """Raise `ValueError` if tables that belong together have different row indexes.

    Args:
        **parts: What goes together, by name: tables with an index (pandas), alone, in a dict or in
            a list. Arrays, streams and `None` have no index and are passed over.

    Raises:
        ValueError: Two indexes differ; the message says where and how to mend it.

    Example:
        >>> import pandas as pd
        >>> x = pd.DataFrame({"age": [30, 40]}, index=[7, 8])
        >>> same_rows(x=x, y=x["age"] > 35)
    """
    first: tuple[str, Any] | None = None
    for name, part in parts.items():
        for table in _tables(part):
            index = table.index
            if first is None:
                first = name, index
            elif index is not first[1] and not index.equals(first[1]):
                raise ValueError(_difference(*first, name, index))


def _tables(part: Features) -> list[Any]:
    if isinstance(part, Mapping):
        return [table for value in part.values() for table in _tables(value)]
    items = part if isinstance(part, (list, tuple)) else [part]
    return [item for item in items if hasattr(item, "iloc") and hasattr(item, "index")]


def _difference(name: str, index: Labels, other_name: str, other: Labels) -> str:
    if len(index) != len(other):
        where = f"{len(index)} rows against {len(other)}"
    else:
        pairs = enumerate(zip(index.tolist(), other.tolist(), strict=True))
        place, a, b = next((i, a, b) for i, (a, b) in pairs if a != b)
        where = f"row {place} is {a!r} in {name} and {b!r} in {other_name}"
    return (
        f"The row indexes of {name} and {other_name} differ: {where}. Rows are not paired by "
        "position: bring one into the order of the other with .loc[other.index], or give arrays "
        "(.to_numpy()) if the order is right."
    )
