"""Features as people have them: lists, tables in another order, numbers that are none."""

from __future__ import annotations

import keras
import numpy as np
import pandas as pd
import pytest

from labelfeed.models.features import (
    check_finite,
    feature_arrays,
    ordered_tables,
    unlisted,
)

NAN = float("nan")
FRAME = pd.DataFrame({"age": [1.0, 2.0], "size": [3, 4]})


def test_lists_of_numbers_become_arrays() -> None:
    rows = np.arange(6.0).reshape(2, 3)
    found = unlisted(rows.tolist(), 1)
    assert found.dtype == keras.config.floatx()
    np.testing.assert_array_equal(found, rows)
    first, second = unlisted([rows.tolist(), rows[:, :1].tolist()], 2)
    assert first.shape == (2, 3) and second.shape == (2, 1)
    np.testing.assert_array_equal(unlisted({"a": rows.tolist()}, 1)["a"], rows)
    parts = [rows, rows]
    assert unlisted(parts, 2) is parts
    with pytest.raises(ValueError, match="no regular array of numbers"):
        unlisted([[1.0], [1.0, 2.0]], 1)


def test_tables_become_arrays() -> None:
    np.testing.assert_array_equal(feature_arrays(FRAME), [[1, 3], [2, 4]])
    nullable = pd.DataFrame({"a": pd.array([1, None], "Int64"), "b": [True, False]})
    found = feature_arrays({"x": nullable, "y": np.ones(2)})["x"]
    np.testing.assert_array_equal(found, [[1, 1], [NAN, 0]])
    np.testing.assert_array_equal(feature_arrays([FRAME["age"]])[0], [1, 2])
    with pytest.raises(ValueError, match=r"Column 'city' of the features holds no numbers.*'Rome'"):
        feature_arrays(FRAME.assign(city=["Rome", "Oslo"]))


def test_columns_come_in_the_order_of_training() -> None:
    found, columns = ordered_tables(FRAME, ["x"], {})
    assert found is FRAME and columns == {"0": ["age", "size"]}
    again, _ = ordered_tables({"x": FRAME[["size", "age"]]}, ["x"], columns)
    assert list(again["x"].columns) == ["age", "size"]
    (listed,), _ = ordered_tables([FRAME[["size", "age"]]], ["x"], columns)
    assert list(listed.columns) == ["age", "size"]
    array = np.ones((2, 2))
    assert ordered_tables(array, ["x"], columns)[0] is array
    for other in (FRAME.rename(columns={"age": "old"}), FRAME[["age"]]):
        with pytest.raises(ValueError, match=r"trained on 'age', 'size' \(missing: '"):
            ordered_tables(other, ["x"], columns)


def test_features_that_are_not_finite_are_named() -> None:
    check_finite({"a": np.ones(3), "b": np.array(["x"]), "c": FRAME, "d": np.ones((0, 2))})
    check_finite([np.full(2, 3e38), iter([]), np.arange(3), keras.ops.ones(3)])
    bad = np.ones((3, 2), np.float32)
    bad[1, 0] = NAN
    bad[2] = np.inf
    with pytest.raises(ValueError, match=r"^Row 1, column 0: the feature is nan; 3 features"):
        check_finite(bad)
    with pytest.raises(ValueError, match=r"Row 1, column 0: .* nan; 3 features"):
        check_finite(keras.ops.convert_to_tensor(bad))
    with pytest.raises(ValueError, match=r"Row 1, column 0 of 'age': .*allow_nan=True"):
        check_finite({"age": bad})
    with pytest.raises(ValueError, match=r"Row 0, position \(1, 0\) of '1': the feature is inf"):
        check_finite([np.ones(2), np.array([[[0], [np.inf]]])])
    with pytest.raises(ValueError, match="Row 1: the feature is nan"):
        check_finite(np.array([0, NAN]))
    with pytest.raises(ValueError, match=r"^here: Row 1, column 'age': the feature is -inf"):
        check_finite(FRAME.assign(age=[1, -np.inf]), "here")


def test_a_float64_beyond_float32_is_not_finite() -> None:
    with pytest.raises(ValueError, match=r"Row 1: the feature is -1e\+39, beyond float32 \(3.4e"):
        check_finite(np.array([0, -1e39]))
