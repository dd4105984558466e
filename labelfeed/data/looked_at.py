"""What a user should look at before training on a new table, a line each."""

from __future__ import annotations

import numpy as np
import pandas as pd

from labelfeed.data.labelling import as_text
from labelfeed.data.odd_cells import cell_notes, feature_notes
from labelfeed.data.telling import telling_notes
from labelfeed.labels.spec import LabelSpec

__all__ = ["looked_at"]


def looked_at(
    frame: pd.DataFrame, features: pd.DataFrame, labels: np.ndarray, spec: LabelSpec
) -> tuple[str, ...]:
    """Return the notes about cells, and about columns that tell the label.

    Args:
        frame: All raw columns.
        features: Those that are features.
        labels: As encoded.
        spec: Their spec.

    Raises:
        DataError: A column of numbers or dates in another spelling would be left out.
    """
    classes = [c for c in spec.label_columns if c.of_classes or not spec.shape]
    columns = [c.name for c in classes if c.number is None]
    what = "label" if spec.shape else "target"
    odd = [note for name in columns for note in cell_notes(name, as_text(frame[name]), what)]
    cells = feature_notes(features)
    return (*odd, *cells.values(), *telling_notes(features, labels, spec))
