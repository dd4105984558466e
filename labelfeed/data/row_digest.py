"""A digest of rows as they were read: features, labels, side labels, weights, groups."""

from __future__ import annotations

import hashlib
import json

import numpy as np

from labelfeed.data.dataset import Dataset
from labelfeed.data.duplicates import row_hashes

__all__ = ["row_digest"]


def row_digest(dataset: Dataset, groups: np.ndarray | None = None) -> str:
    """Return a hash of everything in a data set that a model learns from.

    Args:
        dataset: The rows.
        groups: `(n,)`: which rows belong together.

    Example:
        >>> from labelfeed import LabelSpec
        >>> rows = Dataset("arrays", np.eye(3), np.array([0, 1, 1]), LabelSpec.single(2),
        ...                np.arange(3), "rows")
        >>> row_digest(rows) == row_digest(rows.take([0, 1, 2])), len(row_digest(rows))
        (True, 64)
    """
    digest = hashlib.sha256()
    parts = (dataset.labels, dataset.sides.ids, dataset.weights, groups,
             row_hashes(dataset.features))  # fmt: skip
    for part in parts:
        digest.update(b"" if part is None else np.ascontiguousarray(part).tobytes())
    specs = [dataset.spec.get_config(), *(spec.get_config() for spec in dataset.sides.specs)]
    digest.update(json.dumps(specs, sort_keys=True, default=str).encode())
    if dataset.training_only is not None:
        digest.update(json.dumps([str(name) for name in dataset.training_only.columns]).encode())
        digest.update(row_hashes(dataset.training_only).tobytes())
    return digest.hexdigest()
