from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.columns import Category, Numeric, fit_column
from labelfeed.data.dataset import DataError


def series(values, **kwargs) -> pd.Series:
    return pd.Series(values, index=range(1, len(values) + 1), name="c", **kwargs)


def test_numeric_is_imputed_and_standardised():
    column = fit_column(series([1.0, 2.0, 9.0, None]))
    assert isinstance(column, Numeric)
    assert (column.median, column.indicator) == (2.0, True)
    out = column.apply(series([None, column.mean, column.mean + column.scale]))
    np.testing.assert_allclose(out[1:], [[0, 0], [1, 0]], atol=1e-6)
    assert out[0].tolist() == [np.float32((2.0 - column.mean) / column.scale), 1.0]
    whole = column.apply(series([1.0, 2.0, 9.0, None]))[:, 0]
    assert abs(whole.mean()) < 1e-6
    assert abs(whole.std() - 1) < 1e-6


@pytest.mark.parametrize(
    "values",
    [["1", " 2 ", "4e0", ""], [1, 2, 4, None], [1.0, 2.0, 4.0, np.nan], ["1", 2, 4.0, None]],
)
def test_numbers_in_any_dress_are_the_same(values):
    expected = fit_column(series([1.0, 2.0, 4.0, np.nan]))
    assert fit_column(series(values)) == expected
    assert fit_column(series(["1", "2", "4", None], dtype="category")) == expected


@pytest.mark.parametrize(
    "values", [[True, False, True], ["True", "false", "TRUE"], ["yes", "no", "yes"]]
)
def test_booleans(values):
    column = fit_column(series(values))
    assert isinstance(column, Numeric)
    assert column.words
    assert (column.apply(series(values))[:, 0] > 0).tolist() == [True, False, True]
    assert (column.apply(series([1, 0, None]))[:, 0] > 0).tolist() == [True, False, True]
    with pytest.raises(DataError, match="row 2, column 'c': got 'perhaps'; expected true, false"):
        column.apply(series(["yes", "perhaps"]))


@pytest.mark.parametrize("no, yes", [("n", "y"), ("F", "T"), ("neg", "pos"), ("Absent", "Present")])
def test_every_word_for_yes_and_no_is_one_in_features_too(no, yes):
    column = fit_column(series([no, yes, no, None]))
    assert isinstance(column, Numeric)
    assert column.outputs == ("c", "c missing")
    out = column.apply(series([yes, no, "unknown", "yes", 0]))
    assert (out[:, 0] > 0).tolist() == [True, False, False, True, False]
    assert out[:, 1].tolist() == [0, 0, 1, 0, 0]


@pytest.mark.parametrize("words", [["f", "f", None], ["t", "n", "t"], ["pos", "unclear", "neg"]])
def test_words_that_may_be_half_of_something_else_are_categories(words):
    assert isinstance(fit_column(series(words)), Category)


def test_minus_one_and_words_for_missing_in_features():
    assert fit_column(series(["a", "-1", "a", "NA"])) == Category("c", ("-1", "NA", "a"), False)
    numbers = fit_column(series(["3", "-1", "NA", "n/a"]))
    assert (numbers.median, numbers.indicator) == (1.0, True)


def test_a_category_of_a_saved_run_may_be_called_as_what_is_missing():
    column = Category("c", ("NA", "a"), True)
    assert column.apply(series(["NA", "a", "na"])).tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]


def test_an_error_has_row_column_and_value_as_fields():
    with pytest.raises(DataError) as caught:
        fit_column(series([1, 2, 4])).apply(series([1, "x"]))
    error = caught.value
    assert (error.row, error.column, error.value) == (2, "c", "x")
    assert error.expected == "a number or an empty cell"


def test_categories_of_bytes_are_the_text_that_they_hold():
    assert fit_column(series([b"a", "b", b"a"])) == Category("c", ("a", "b"), False)


def test_categories_with_missing():
    column = fit_column(series(["b", "a", None, "b"]))
    assert column == Category("c", ("a", "b"), True)
    assert column.outputs == ("c=a", "c=b", "c other/missing")
    out = column.apply(series(["b", "new", None, "a"]))
    assert out.tolist() == [[0, 1, 0], [0, 0, 1], [0, 0, 1], [1, 0, 0]]


def test_a_slot_that_never_learned_stays_zero():
    column = fit_column(series(["b", "a", "b"]))
    assert column.apply(series(["new", None, "a"])).tolist() == [[0, 0, 0], [0, 0, 0], [1, 0, 0]]


def test_categories_compare_by_value():
    column = fit_column(series(["1", "2", "3+"]))
    assert column.apply(series([1.0, 2.0])).argmax(axis=1).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([None, None], "no value"),
        (["", "?"], "no value"),
        ([5, 5, 5], "always 5"),
        (["x", "x"], "always 'x'"),
        (list(range(100, 120)), "counts the rows"),
        ([str(i) for i in range(100, 120)], "counts the rows"),
        ([f"p{i}" for i in range(12)], "12 different texts (all different"),
        ([f"p{i % 101}" for i in range(300)], "more than 100"),
        (pd.to_timedelta([1, 2], unit="D"), "spans of time"),
        ([[1], [2]], "lists"),
    ],
)
def test_columns_that_carry_nothing(values, reason):
    got = fit_column(series(values))
    assert isinstance(got, str)
    assert reason in got


def test_row_count_is_told_after_a_split_too():
    column = series(range(1, 101))
    assert "counts the rows" in fit_column(column.iloc[::3])


def test_constant_with_missing_keeps_its_indicator():
    column = fit_column(series([5, None, 5]))
    np.testing.assert_array_equal(column.apply(series([5, None])), [[0, 0], [0, 1]])


@pytest.mark.parametrize("value", [np.inf, -np.inf, "inf", "1e999"])
def test_infinity_is_refused(value):
    with pytest.raises(DataError, match=r"row 3, column 'c': got .*; expected a finite number"):
        fit_column(series([1, 2, value]))
    with pytest.raises(DataError, match="row 2, column 'c'"):
        fit_column(series([1, 2, 4])).apply(series([1, value]))


def test_a_word_among_numbers_is_refused_by_row():
    values = [str(i * 1.5) for i in range(300)]
    values[41] = "nil"
    with pytest.raises(DataError, match="row 42, column 'c': got 'nil'"):
        fit_column(series(values))
    with pytest.raises(DataError, match="row 1, column 'c': got 'yes'; expected a number"):
        fit_column(series([1, 2, 4])).apply(series(["yes"]))


def test_extreme_numbers_stay_finite():
    column = fit_column(series([1e300, -1e300, 3.0]))
    assert np.isfinite(column.apply(series([1e308, -1e308]))).all()
    tiny = fit_column(series([1.0, 1.0 + 1e-9, 1.0]))
    assert np.isfinite(tiny.apply(series([1e30]))).all()
