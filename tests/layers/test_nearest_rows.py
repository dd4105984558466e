"""The search inside a network: the same marks and rows as by NumPy, over several blocks."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from labelfeed.estimators.nearest import RowMarks, nearest_keys
from labelfeed.layers import _nearest_rows as rows

RNG = np.random.default_rng(0)
KEYS = RNG.normal(size=(300, 3)).astype(np.float32)
QUERIES = RNG.normal(size=(7, 3)).astype(np.float32)


def test_rows_and_marks_are_those_of_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "_BLOCK", 128)  # three blocks, each looked through in stacks
    groups, own = np.arange(300, dtype=np.int32) % 9, np.arange(7, dtype=np.int32)
    query, keys = keras.ops.convert_to_tensor(QUERIES), keras.ops.convert_to_tensor(KEYS)
    told = map(keras.ops.convert_to_tensor, (own, groups))
    at, read = rows.nearest_rows(query, next(told), keys, next(told), 3)
    wanted = nearest_keys(QUERIES, KEYS, 3, apart=(own, groups)).rows
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(at), wanted)
    assert keras.ops.convert_to_numpy(read).all()
    marks = RowMarks.fitting(KEYS)
    found = rows.marks_of(keys, keras.ops.convert_to_tensor(marks.scale))
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(found), marks.of(KEYS))
