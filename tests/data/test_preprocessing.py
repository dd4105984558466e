from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.data.preprocessing import Preprocessor

TABLE = pd.DataFrame(
    {
        "age": ["50", None, "61", "44"],
        "sex": ["f", "m", "f", None],
        "smokes": ["True", "False", None, "True"],
        "site": ["A", "A", "A", "A"],
        "empty": [None] * 4,
    },
    index=range(1, 5),
)


def test_table():
    fitted = Preprocessor.fit(TABLE)
    assert fitted.outputs == (
        "age", "age missing", "sex=f", "sex=m", "sex other/missing", "smokes", "smokes missing",
    )  # fmt: skip
    assert [name for name, _ in fitted.dropped] == ["site", "empty"]
    assert fitted.notes[0] == "column 'site' left out: always 'A'"
    out = fitted.transform(TABLE)
    assert out.dtype == np.float32
    assert out.shape == (4, *fitted.shape) == (4, 7)
    assert np.isfinite(out).all()


@pytest.mark.parametrize(
    "features",
    [
        TABLE,
        np.array([[1.0, np.nan, 7], [2, 5, 7], [3, 6, 7]]),
        np.random.default_rng(0).integers(0, 255, (3, 4, 5, 2)).astype(np.uint8),
        np.random.default_rng(0).random((3, 4, 5, 1)).astype(np.float32) * 16,
    ],
)
def test_json_round_trip_gives_the_same_numbers(features):
    fitted = Preprocessor.fit(features)
    again = Preprocessor.from_json(json.loads(json.dumps(fitted.to_json(), allow_nan=False)))
    assert again == fitted
    np.testing.assert_array_equal(again.transform(features), fitted.transform(features))


def test_order_and_extra_columns_do_not_matter():
    fitted = Preprocessor.fit(TABLE)
    other = TABLE[TABLE.columns[::-1]].assign(extra=1.0).drop(columns=["site", "empty"])
    np.testing.assert_array_equal(fitted.transform(other), fitted.transform(TABLE))


def test_unseen_categories_and_types_of_another_file():
    fitted = Preprocessor.fit(TABLE)
    row = pd.DataFrame({"age": [50], "sex": ["x"], "smokes": [True]})
    expected = fitted.transform(TABLE)[:1]
    np.testing.assert_array_equal(fitted.transform(row)[:, [0, 1, 5, 6]], expected[:, [0, 1, 5, 6]])
    assert fitted.transform(row)[0, 2:5].tolist() == [0, 0, 1]


def test_missing_columns_are_named():
    fitted = Preprocessor.fit(TABLE)
    with pytest.raises(DataError, match=r"column 'age' is missing; .*Did you mean 'Age'"):
        fitted.transform(TABLE.rename(columns={"age": "Age"}))
    with pytest.raises(DataError, match="2 columns that the run needs are missing: 'age', 'sex'"):
        fitted.transform(TABLE.drop(columns=["age", "sex"]))


def test_bad_values_name_row_and_column():
    fitted = Preprocessor.fit(TABLE)
    with pytest.raises(DataError, match="row 3, column 'age': got 'old'; expected a number"):
        fitted.transform(TABLE.assign(age=["1", "2", "old", "3"]))


def test_vectors():
    x = np.array([[1.0, np.nan, 7], [2, 5, 7], [3, 6, 7]])
    fitted = Preprocessor.fit(x)
    assert fitted.outputs == ("x0", "x1", "x1 missing")
    assert fitted.transform(x).shape == (3, 3)
    for width in (2, 4):
        with pytest.raises(DataError, match=f"Rows have {width} features; the run needs 3"):
            fitted.transform(np.zeros((1, width)))
    with pytest.raises(DataError, match="row 2, column 'x0'"):
        fitted.transform(np.array([[1, 2, 3], [np.inf, 2, 3]]))


def test_images_go_to_zero_one():
    bytes_ = np.array([0, 128, 255], np.uint8).reshape(3, 1, 1, 1)
    np.testing.assert_allclose(
        Preprocessor.fit(bytes_).transform(bytes_).ravel(), [0, 128 / 255, 1]
    )
    floats = np.array([0.0, 8, 16]).reshape(3, 1, 1, 1)
    fitted = Preprocessor.fit(floats)
    np.testing.assert_allclose(fitted.transform(floats).ravel(), [0, 0.5, 1])
    np.testing.assert_allclose(fitted.transform(floats * 9).ravel(), [0, 1, 1])
    assert fitted.shape == (1, 1, 1)


def test_bad_images():
    fitted = Preprocessor.fit(np.zeros((2, 4, 4, 3), np.uint8))
    with pytest.raises(DataError, match=r"shape \(8, 8, 3\); the run needs \(4, 4, 3\)"):
        fitted.transform(np.zeros((2, 8, 8, 3), np.uint8))
    broken = np.zeros((2, 2, 2, 1))
    broken[1, 0, 1] = np.nan
    with pytest.raises(DataError, match=r"Image 2, pixel \(0, 1, 0\): got nan"):
        Preprocessor.fit(broken)


def test_empty_and_useless_input():
    with pytest.raises(DataError, match="no training row"):
        Preprocessor.fit(TABLE.iloc[:0])
    with pytest.raises(DataError, match="No feature column is usable: 'site'"):
        Preprocessor.fit(TABLE[["site", "empty"]])
    assert Preprocessor.fit(TABLE).transform(TABLE.iloc[:0]).shape == (0, 7)
    with pytest.raises(DataError, match="expected \\(rows, features\\)"):
        Preprocessor.fit(np.zeros(3))


@pytest.mark.parametrize("config", [{}, {"columns": [{"kind": "no"}]}, {"columns": 3}])
def test_broken_description(config):
    with pytest.raises(DataError, match="description of the preprocessing is broken"):
        Preprocessor.from_json(config)
