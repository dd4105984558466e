"""Known labels as a caller writes them, one row per row of features."""

from __future__ import annotations

import numpy as np

from labelfeed.labels.known import known_of_rows
from labelfeed.labels.soft import soft_known_of_rows
from labelfeed.labels.spec import LabelSpec
from labelfeed.predictors.rows import num_rows, same_rows
from labelfeed.types import Features, Labels

__all__ = ["encode_known"]


def encode_known(known: Labels, x: Features, spec: LabelSpec, *, soft: bool = False) -> np.ndarray:
    """Return known labels as ids, one row per row of `x`.

    Args:
        known: Anything `LabelSpec.encode` takes, soft labels excepted; one value for all rows
            (single); or a dict of label names to one value for all rows or to a value per row, for
            example `{"malignant": 1}`.
        x: Array features, for the number of rows.
        spec: The label's spec.
        soft: Whether some labels may be soft: then float64 as of `soft_known_of_rows`.

    Raises:
        LabelError: A label does not fit or is soft, or the number of rows differs.
        TypeError: `x` is a stream.
        ValueError: `known` and `x` are tables with different row indexes.
    """
    rows = num_rows(x)
    if rows is None:
        raise TypeError(
            "known= goes with array features. For a data set put the labels beside x: "
            "dataset.map(lambda x: labelfeed.with_label(x, known))."
        )
    same_rows(x=x, known=known)
    return (soft_known_of_rows if soft else known_of_rows)(known, rows, spec)
