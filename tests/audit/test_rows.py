"""Rows of whatever features come in."""

from __future__ import annotations

import keras
import numpy as np
import pandas as pd

from labelfeed.audit.rows import row_count, take_rows

X = np.arange(12, dtype="float32").reshape(6, 2)


def test_rows_of_arrays_lists_dicts_and_tables() -> None:
    rows = np.array([4, 1])
    for features in (X, [X, X], {"a": X}, pd.DataFrame(X), keras.ops.convert_to_tensor(X)):
        assert row_count(features) == 6
        taken = take_rows(features, rows)
        taken = taken[0] if isinstance(taken, list) else taken
        taken = taken["a"] if isinstance(taken, dict) else taken
        np.testing.assert_array_equal(taken, X[rows])
