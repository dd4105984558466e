from __future__ import annotations

import numpy as np
import pandas as pd

from labelfeed.data.looked_at import looked_at
from labelfeed.labels.spec import LabelSpec


def test_a_column_that_is_odd_in_itself_is_no_identifier_as_well():
    rows = pd.DataFrame({"ill": ["no", "yes", "No", "yes"] * 30, "age": np.arange(120) % 50})
    rows["day id"] = 20200101 + rows.index % 28
    spec = LabelSpec.single(["No", "no", "yes"], name="ill")
    labels = spec.encode(rows["ill"].tolist())
    notes = looked_at(rows, rows[["age", "day id"]], labels, spec)
    assert [note.split(":")[0] for note in notes] == [
        "target 'ill'",
        "column 'day id' looks like dates (20200101), but is read as a number",
    ]
