"""Every form in which people write labels, and every error they make."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.labels.encoding import LabelError, encode_multi, encode_single, wire_ids
from labelfeed.labels.spec import LabelSpec

COLOUR = LabelSpec.single(["red", "green", "blue"], name="colour")
DIGIT = LabelSpec.single(3, name="digit")
FINDINGS = LabelSpec.multi(["nodule", "effusion", "mass"], name="findings")
NUMBERED = LabelSpec.multi(2, name="flags")
ONE = LabelSpec.multi(["malignant"], name="findings")
NAN = float("nan")


def single(spec: LabelSpec, values: object, soft: str = "error", first_row: int = 0) -> np.ndarray:
    return encode_single(spec, values, soft, first_row)


def multi(spec: LabelSpec, values: object, soft: str = "error", first_row: int = 0) -> np.ndarray:
    return encode_multi(spec, values, soft, first_row)


SINGLE_FORMS = {
    "int64 ids": (np.array([2, 0, -1]), [2, 0, -1]),
    "uint8 ids": (np.array([2, 0], np.uint8), [2, 0]),
    "column of ids": (np.array([[2], [-1]]), [2, -1]),
    "list of ids": ([2, -1], [2, -1]),
    "tuple of ids": ((2, -1), [2, -1]),
    "float ids": (np.array([2.0, NAN, -1.0]), [2, -1, -1]),
    "float32 list": ([1.0, NAN], [1, -1]),
    "python None": ([1, None], [1, -1]),
    "pandas NA": ([1, pd.NA], [1, -1]),
    "pandas NaT": ([1, pd.NaT], [1, -1]),
    "names": (["blue", "red"], [2, 0]),
    "names with spaces": ([" blue", "red "], [2, 0]),
    "names as U array": (np.array(["blue", "", "nan"]), [2, -1, -1]),
    "names as S array": (np.array([b"blue", b""]), [2, -1]),
    "names as bytes": ([b"blue", b"", None], [2, -1, -1]),
    "names, NaN": (["blue", NAN], [2, -1]),
    "words for unknown": (
        ["", "NA", "n/a", "None", "null", "-1", "unknown", "<NA>", "?"],
        [-1] * 9,
    ),
    "ids and names": ([1, "blue", None], [1, 2, -1]),
    "bools": (np.array([True, False]), [1, 0]),
    "bools and None": ([True, None], [1, -1]),
    "numpy scalars": ([np.int64(2), np.float32(1.0), np.bool_(True)], [2, 1, 1]),
    "one-hot ints": (np.array([[0, 0, 1], [1, 0, 0]]), [2, 0]),
    "one-hot floats": (np.array([[0, 0, 1.0], [0, 0, 0], [NAN] * 3, [-1] * 3]), [2, -1, -1, -1]),
    "one-hot bools": (np.array([[False, True, False]]), [1]),
    "one-hot words": ([["no", "no", "yes"]], [2]),
    "series of names": (pd.Series(["blue", None], index=[7, 3]), [2, -1]),
    "categorical, own order": (pd.Series(pd.Categorical(["red", "blue", None])), [0, 2, -1]),
    "nullable ints": (pd.Series([2, None], dtype="Int64"), [2, -1]),
    "nullable strings": (pd.Series(["blue", None], dtype="string"), [2, -1]),
    "nullable bools": (pd.Series([True, None], dtype="boolean"), [1, -1]),
    "index": (pd.Index(["green", "red"]), [1, 0]),
    "frame with its column": (pd.DataFrame({"x": [1, 1], "colour": ["blue", None]}), [2, -1]),
    "frame of one column": (pd.DataFrame({"target": ["blue", "red"]}), [2, 0]),
    "dict with its key": ({"colour": ["blue", None]}, [2, -1]),
    "dict rows": ([{"colour": "blue"}, {}, {"colour": None}], [2, -1, -1]),
    "no row": ([], []),
}


@pytest.mark.parametrize("values, expected", SINGLE_FORMS.values(), ids=SINGLE_FORMS)
def test_a_single_label_may_be_written_as(values: object, expected: list[int]) -> None:
    ids = single(COLOUR, values)
    assert ids.dtype == np.int32
    assert ids.tolist() == expected


def test_ids_are_marked_by_their_type() -> None:
    assert wire_ids([0, np.nan, -1], "label").dtype == np.int32
    assert wire_ids(np.array([2**40]), "label").tolist() == [2**40]
    assert wire_ids([0.5], "label").tolist() == [0.5]


def test_a_class_may_be_called_by_a_word_for_unknown() -> None:
    spec = LabelSpec.single(["na", "unknown"], name="country")
    assert single(spec, ["na", "unknown", "", "NaN"]).tolist() == [0, 1, -1, -1]


def test_classes_without_names_are_named_by_their_number() -> None:
    assert single(DIGIT, ["2", "0", ""]).tolist() == [2, 0, -1]


def test_one_hot_columns_of_a_frame_are_found_by_name() -> None:
    # pandas.get_dummies sorts its columns: blue, green, red.
    dummies = pd.get_dummies(pd.Series(["red", "blue", "green", None]))
    assert list(dummies.columns) != list(COLOUR.names or ())
    assert single(COLOUR, dummies).tolist() == [0, 2, 1, -1]
    assert single(COLOUR, dummies.drop(columns="green")).tolist() == [0, 2, -1, -1]


def test_one_hot_columns_without_names_keep_their_order() -> None:
    assert single(COLOUR, pd.DataFrame(np.eye(3))).tolist() == [0, 1, 2]


def test_one_hot_columns_of_other_names_are_refused() -> None:
    with pytest.raises(LabelError, match=r"'redd'.*'red', 'green', 'blue'.*mean 'red'"):
        single(COLOUR, pd.DataFrame(np.eye(3), columns=["redd", "green", "blue"]))


def test_soft_rows_need_to_be_asked_for() -> None:
    soft = np.array([[0.2, 0.5, 0.3], [0.0, 0.0, 1.0], [NAN] * 3])
    assert single(COLOUR, soft, soft="nearest").tolist() == [1, 2, -1]
    with pytest.raises(LabelError, match=r"Row 0, column 'colour'.*soft='nearest'"):
        single(COLOUR, soft)


SINGLE_ERRORS = {
    "id too large": ([0, 3], r"Row 1, column 'colour': got 3; .*0\.\.2 .*'red', 'green', 'blue'"),
    "id below -1": ([-2, 0], r"Row 0, column 'colour': got -2; .*0\.\.2"),
    "ids from 1": ([1, 2, 3], r"got 3; .*start at 1: subtract 1"),
    "half an id": ([0.0, 0.5], r"Row 1, column 'colour': got 0\.5; .*0\.\.2"),
    "infinite": ([0.0, np.inf], r"Row 1, column 'colour': got inf"),
    "huge float": ([0.0, 1e30], r"Row 1, column 'colour': got 1e\+30"),
    "huge int": ([0, 2**70], r"Row 1, column 'colour': got 1180591620717411303424"),
    "uint64 that wraps to -1": (
        np.array([2**64 - 1], np.uint64),
        r"got 18446744073709551615",
    ),
    "misspelt": (["red", "bleu"], r"Row 1, column 'colour': got 'bleu'; .*mean 'blue'"),
    "case": (["Red"], r"got 'Red'; .*mean 'red'"),
    "object": ([object()], r"Row 0, column 'colour': got <object"),
    "wrong key": ([{"shade": "red"}], r"Row 0, column 'colour': got \{'shade': 'red'\}"),
    "dict without the key": ({"shade": ["red"]}, r"Expected the key 'colour', got 'shade'"),
    "several": ([5, 6, 0], r"Row 0.*2 labels do not fit"),
    "two ones in a row": (
        np.array([[1, 1, 0]]),
        r"'colour': got \[1, 1, 0\]; .*one-hot",
    ),
    "half a row unknown": (np.array([[1, 0, NAN]]), r"Row 0, column 'colour'.*one-hot"),
    "negative probability": (np.array([[1.5, -0.5, 0]]), r"Row 0, column 'colour'"),
    "two columns": (
        np.zeros((4, 2)),
        r"\(4, 2\); expected \(n,\), \(n, 1\) or one-hot \(n, 3\)",
    ),
    "three axes": (np.zeros((4, 3, 1)), r"shape \(4, 3, 1\)"),
    "scalar": (1, r"Expected one 'colour' per row, got the single value 1"),
    "ragged": ([[1, 2], [1]], r"'colour' is not a regular array"),
    "complex": (np.array([1j]), r"dtype complex128; expected integers or strings"),
    "dates": (np.array(["2020-01-01"], "datetime64[D]"), r"^Row 0, .*got np\.datetime64\(.2020"),
    "spans": (np.array([1, 2], "timedelta64[s]"), r"^Row 0, .*got np\.timedelta64\(1,'s'\)"),
    "spans of pandas": (pd.Series(pd.to_timedelta([1, 2])), r"^Row 0, .*np\.timedelta64\(1"),
    "a span among ids": (
        np.array([0, np.timedelta64(1, "s")], dtype=object),  # NumPy calls it an integer
        r"Row 1, column 'colour': got .*timedelta.*0\.\.2",
    ),
    "gigantic int": (
        [0, 10**400],
        r"Row 1, column 'colour': got 1000.*\(401 characters\); .*0\.\.2",
    ),
    "gigantic and a float": ([10**400, 0.0], r"Row 0, column 'colour': got 1000"),
    "too large to write": ([0, 10**5000], r"Row 1, column 'colour': got an int that is too large"),
}


@pytest.mark.parametrize("values, message", SINGLE_ERRORS.values(), ids=SINGLE_ERRORS)
def test_a_bad_single_label_is_named(values: object, message: str) -> None:
    with pytest.raises(LabelError, match=message):
        single(COLOUR, values)


MULTI_FORMS = {
    "ints": (np.array([[1, 0, -1]]), [[1, 0, -1]]),
    "floats": (np.array([[1.0, NAN, 0.0]]), [[1, -1, 0]]),
    "bools": (np.array([[True, False, True]]), [[1, 0, 1]]),
    "lists with None": ([[1, None, 0], [None, None, 1]], [[1, -1, 0], [-1, -1, 1]]),
    "words": ([["yes", "NO", "?"], ["present", "absent", "unknown"]], [[1, 0, -1], [1, 0, -1]]),
    "bytes": (np.array([[b"y", b"f", b""]]), [[1, 0, -1]]),
    "numbers as words": ([["1", "0.0", ""]], [[1, 0, -1]]),
    "dict rows": (
        [{"mass": 1}, {}, {"effusion": "no", "nodule": None}],
        [[-1, -1, 1], [-1, -1, -1], [-1, 0, -1]],
    ),
    "dict rows and None": ([{"mass": True}, None], [[-1, -1, 1], [-1, -1, -1]]),
    "dict of columns": ({"mass": [1, None], "nodule": [0, 1]}, [[0, -1, 1], [1, -1, -1]]),
    "frame, other order": (
        pd.DataFrame({"mass": [1, 0], "nodule": [0, 0], "effusion": [NAN, 1]}, index=[5, 9]),
        [[0, -1, 1], [0, 1, 0]],
    ),
    "frame, column missing": (pd.DataFrame({"mass": ["yes", None]}), [[-1, -1, 1], [-1, -1, -1]]),
    "frame, nullable": (
        pd.DataFrame({"mass": pd.array([1, None], "Int64"), "nodule": pd.array([True, None])}),
        [[1, -1, 1], [-1, -1, -1]],
    ),
    "frame, unnamed columns": (pd.DataFrame([[1, 0, -1]]), [[1, 0, -1]]),
    "series of dicts": (pd.Series([{"mass": 0}], index=[4]), [[-1, -1, 0]]),
    "no row": (np.zeros((0, 3)), []),
}


@pytest.mark.parametrize("values, expected", MULTI_FORMS.values(), ids=MULTI_FORMS)
def test_multi_labels_may_be_written_as(values: object, expected: list) -> None:
    ids = multi(FINDINGS, values)
    assert ids.dtype == np.int32
    assert ids.shape == (len(expected), 3)
    assert ids.tolist() == expected


def test_one_multi_label_may_be_a_plain_column() -> None:
    assert multi(ONE, [1, None, 0]).tolist() == [[1], [-1], [0]]


def test_labels_without_names_are_named_by_their_number_in_columns_and_rows() -> None:
    assert multi(NUMBERED, {1: [1, 0]}).tolist() == [[-1, 1], [-1, 0]]
    assert multi(NUMBERED, [{1: 1}, {"0": 0}]).tolist() == [[-1, 1], [0, -1]]
    assert multi(NUMBERED, pd.DataFrame({"1": [1]})).tolist() == [[-1, 1]]


def test_probabilities_need_to_be_asked_for() -> None:
    soft = [[0.5, 0.49, NAN]]
    assert multi(FINDINGS, soft, soft="nearest").tolist() == [[1, 0, -1]]
    with pytest.raises(LabelError, match=r"Row 0, column 'nodule': got 0\.5.*soft='nearest'"):
        multi(FINDINGS, soft)


MULTI_ERRORS = {
    "id 2": (np.array([[0, 0, 0], [0, 2, 0]]), r"Row 1, column 'effusion': got 2; .*0, 1, yes, no"),
    "word": (
        [["yes", "maybe", "no"]],
        r"Row 0, column 'effusion': got 'maybe'; .*yes, no or",
    ),
    "infinite": ([[0.0, 0.0, np.inf]], r"Row 0, column 'mass': got inf"),
    "object": ([[0, object(), 1]], r"Row 0, column 'effusion'"),
    "unknown key": ([{"nodul": 1}], r"Row 0 of 'findings' has no label 'nodul'.*mean 'nodule'"),
    "unknown column": (pd.DataFrame({"masses": [1]}), r"no label 'masses'.*'mass'.*Did you mean"),
    "row that is no dict": (
        [{"mass": 1}, "mass"],
        r"Row 1, .*'findings': got 'mass'; .*a dict",
    ),
    "columns of two lengths": ({"mass": [1], "nodule": [1, 0]}, r"differ in length: \[1, 2\]"),
    "no column": ({}, r"'findings'.*no column"),
    "too narrow": (np.zeros((2, 2)), r"shape \(2, 2\); expected \(n, 3\)"),
    "flat": ([0, 1, 0], r"shape \(3,\); expected \(n, 3\)"),
    "scalar in a dict": ({"mass": 1}, r"Expected one 'mass' per row"),
    "dates": (np.array([["2020-01-01"] * 3], "datetime64[D]"), r"got np\.datetime64\(.2020"),
    "gigantic": (
        [[0, 10**400, 1]],
        r"Row 0, column 'effusion': got 1000.*; expected 0, 1, yes, no",
    ),
    "gigantic and soft": (
        [[0.0, -(10**400), 1]],
        r"'effusion': got -1000",
    ),
    "span": (np.array([[0, np.timedelta64(1, "s"), 1]], object), r"'effusion': got .*timedelta"),
}


@pytest.mark.parametrize("values, message", MULTI_ERRORS.values(), ids=MULTI_ERRORS)
def test_a_bad_multi_label_is_named(values: object, message: str) -> None:
    with pytest.raises(LabelError, match=message):
        multi(FINDINGS, values)


def test_rows_of_a_streamed_batch_are_counted_from_its_first() -> None:
    with pytest.raises(LabelError, match="Row 41,"):
        single(COLOUR, [0, 9], first_row=40)
    with pytest.raises(LabelError, match="Row 41,"):
        multi(FINDINGS, [[0, 0, 0], [0, 0, 9]], first_row=40)
    with pytest.raises(LabelError, match="Row 41 "):
        multi(FINDINGS, [{}, {"x": 1}], first_row=40)


def test_the_input_is_left_alone() -> None:
    values = np.array([1.0, NAN])
    single(COLOUR, values)
    assert np.isnan(values[1])


def test_an_error_has_its_parts_as_fields() -> None:
    with pytest.raises(LabelError) as caught:
        single(COLOUR, ["red", "bleu", "blck"], first_row=10)
    error = caught.value
    assert (error.row, error.column, error.value, error.count) == (11, "colour", "bleu", 2)
    assert error.expected is not None
    assert error.expected.startswith("an id in 0..2 or one of the names 'red', 'green', 'blue'")
    with pytest.raises(LabelError) as caught:
        multi(FINDINGS, np.array([[0, 1, 0], [0, 0, 7]]))
    error = caught.value
    assert (error.row, error.column, error.value) == (1, "mass", 7)
    assert type(error.value) is int
    with pytest.raises(LabelError) as caught:
        multi(FINDINGS, [{}, {"masses": 1}])
    assert (caught.value.row, caught.value.column, caught.value.value) == (1, None, "masses")
    with pytest.raises(LabelError) as caught:
        single(COLOUR, np.zeros((4, 2)))
    assert (caught.value.row, caught.value.column) == (None, "colour")
    assert caught.value.expected == "(n,), (n, 1) or one-hot (n, 3)"
