"""Labels of every container: nothing masked is read, nothing named alike is mixed up."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from labelfeed.labels.arrays import as_array, label_array, single_array, unmasked
from labelfeed.labels.errors import LabelError
from labelfeed.labels.spec import LabelSpec

COLOUR = LabelSpec.single(["red", "green", "blue"], name="colour")
FINDINGS = LabelSpec.multi(["nodule", "mass"], name="findings")
MASKED = np.ma.masked


def masked(values: object, mask: object, dtype: object = None) -> np.ma.MaskedArray:
    return np.ma.array(values, mask=mask, dtype=dtype)


MASKED_SINGLE = {
    "ids": masked([0, 1, 2], [0, 1, 0]),
    "int32 ids": masked([0, 1, 2], [0, 1, 0], np.int32),
    "floats": masked([0.0, 1.0, 2.0], [0, 1, 0]),
    "names": masked(["red", "green", "blue"], [0, 1, 0]),
    "a list with one": ["red", MASKED, "blue"],
    "a dict": {"colour": masked([0, 1, 2], [0, 1, 0])},
    "a column": masked([[0], [1], [2]], [[0], [1], [0]]),
    "one-hot": masked(np.eye(3), [[0] * 3, [1] * 3, [0] * 3]),
    "soft, one-hot": masked(np.eye(3, dtype=int), [[0] * 3, [1] * 3, [0] * 3]),
}


@pytest.mark.parametrize("values", MASKED_SINGLE.values(), ids=MASKED_SINGLE)
def test_a_masked_single_label_is_unknown(values: object) -> None:
    assert COLOUR.encode(values).tolist() == [0, -1, 2]


MASKED_MULTI = {
    "ints": masked([[0, 1], [1, 1]], [[0, 1], [0, 0]]),
    "bools": masked([[False, True], [True, True]], [[0, 1], [0, 0]]),
    "floats": masked([[0, 1.0], [1, 1]], [[0, 1], [0, 0]]),
    "words": masked([["no", "yes"], ["yes", "yes"]], [[0, 1], [0, 0]]),
    "a list of rows": [masked([0, 1], [0, 1]), masked([1, 1], [0, 0])],
    "dicts": [{"nodule": 0, "mass": MASKED}, {"nodule": 1, "mass": 1}],
    "a dict of columns": {"nodule": [0, 1], "mass": masked([1, 1], [1, 0])},
}


@pytest.mark.parametrize("values", MASKED_MULTI.values(), ids=MASKED_MULTI)
def test_a_masked_multi_label_is_unknown(values: object) -> None:
    assert FINDINGS.encode(values).tolist() == [[0, -1], [1, 1]]


def test_unmasked_keeps_what_is_not_masked() -> None:
    assert unmasked(masked([5, 6], False)).tolist() == [5, 6]
    assert unmasked(masked([5, 6], [0, 1])).tolist() == [5, None]
    assert unmasked(MASKED) is None
    plain = [1, 2]
    assert unmasked(plain) is plain


@pytest.mark.parametrize("values", [{"red", "blue"}, frozenset({"red"})])
def test_what_has_no_order_is_refused(values: object) -> None:
    with pytest.raises(LabelError, match=r"'colour' are a .*no order; expected a list"):
        COLOUR.encode(values)


def test_two_columns_of_one_name_are_refused() -> None:
    twice = pd.DataFrame([[0, 1]], columns=["colour", "colour"])
    with pytest.raises(LabelError, match="2 columns called 'colour'; expected one"):
        single_array("colour", ("no", "yes"), twice)  # would pass for a one-hot row
    with pytest.raises(LabelError, match="2 columns called 'mass'") as caught:
        FINDINGS.encode(pd.DataFrame([[0, 1]], columns=["mass", "mass"]))
    assert (caught.value.column, caught.value.expected) == ("mass", "one column of each name")
    flags = LabelSpec.multi(2)
    with pytest.raises(LabelError, match="2 columns called '1'"):
        flags.encode({1: [0], "1": [1]})
    with pytest.raises(LabelError, match="Row 3 of 'label' has 2 columns called '1'"):
        flags.encode([{1: 0, "1": 1}], first_row=3)


@pytest.mark.parametrize("values", [[[1], [0]], np.zeros((2, 2)), pd.DataFrame({"a": [1, 0]})])
def test_a_column_has_one_axis(values: object) -> None:
    with pytest.raises(LabelError, match=r"'mass' has shape \(2, \d\); expected one value per row"):
        FINDINGS.encode({"mass": values})


def test_tables_and_columns_of_pyarrow() -> None:
    table = pa.table({"colour": ["blue", None, "red"], "other": [1, 2, 3]})
    assert COLOUR.encode(table).tolist() == [2, -1, 0]
    assert COLOUR.encode(table["colour"]).tolist() == [2, -1, 0]
    assert COLOUR.encode(pa.array(["blue", None]).dictionary_encode()).tolist() == [2, -1]
    findings = pa.table({"mass": [1, None], "nodule": [False, True]})
    assert FINDINGS.encode(findings).tolist() == [[0, 1], [1, -1]]
    with pytest.raises(LabelError, match=r"no label 'masses'.*mean 'mass'"):
        FINDINGS.encode(pa.table({"masses": [1]}))


@pytest.mark.parametrize("rows", [[["mass"], [], None], [{"mass"}, set(), float("nan")]])
def test_rows_of_names_tell_none_from_unknown(rows: object) -> None:
    expected = [[0, 1], [0, 0], [-1, -1]]
    assert FINDINGS.encode(rows).tolist() == expected
    assert FINDINGS.encode(pd.Series(rows, index=[4, 2, 9])).tolist() == expected


def test_rows_of_other_words_are_no_rows_of_names() -> None:
    assert FINDINGS.encode([["yes", "no"]]).tolist() == [[1, 0]]
    with pytest.raises(LabelError, match="Row 0 of 'findings' has no label 'masses'"):
        FINDINGS.encode([["mass", "masses"]])
    yes = LabelSpec.multi(["yes", "no"])
    assert yes.encode([["no", "yes"]]).tolist() == [[0, 1]]
    columns = LabelSpec.columns([COLOUR, "mass"])
    with pytest.raises(LabelError):
        columns.encode([[], ["mass"]])


def test_int32_is_kept_for_ids_but_not_in_a_column_of_a_table() -> None:
    ids = np.array([0, 1], np.int32)
    assert as_array(ids, "x").dtype == np.int32
    assert as_array(pd.Series(ids), "x").dtype == np.int64
    assert as_array(pa.array(ids), "x").dtype == np.int64


def test_named_columns_find_their_places() -> None:
    array = label_array(FINDINGS, ("nodule", "mass"), {"mass": [1, 0]})
    assert array.tolist() == [[None, 1], [None, 0]]


def test_utf8_bytes_beside_other_types() -> None:
    spec = LabelSpec.single(["né", "猫"])
    assert spec.encode(["né", "猫".encode(), None, 1.0]).tolist() == [0, 1, -1, 1]
    with pytest.raises(LabelError, match=r"^Row 1, .*xff"):
        spec.encode(["né", b"\xff"])


def test_one_hot_columns_by_name() -> None:
    given = {"blue": [1, 0, 0], "red": [0, 1, 0]}
    assert COLOUR.encode(given).tolist() == [2, 0, -1]
    with pytest.raises(LabelError, match=r"differ in length: \[1, 2\]"):
        COLOUR.encode({"red": [1, 0], "blue": [1]})


MIXED = LabelSpec.columns([COLOUR, "fever"])
SECOND = np.array([1, "NaT"], "m8[ns]")
TIMES = {
    "yes/no": (FINDINGS, {"nodule": [0, 1], "mass": SECOND}, "mass"),
    "a table": (FINDINGS, pd.DataFrame({"nodule": [0, 1], "mass": SECOND}), "mass"),
    "a class": (MIXED, {"colour": SECOND, "fever": [0, 1]}, "colour"),
    "beside a class": (MIXED, pd.DataFrame({"colour": ["red", None], "fever": SECOND}), "fever"),
    "an array": (MIXED, np.stack([SECOND, SECOND], axis=1), "fever"),
    "a list": (COLOUR, [np.timedelta64(1), 1], "colour"),
    "dates": (COLOUR, np.array(["2020-01-01"], "M8[D]"), "colour"),
}


@pytest.mark.parametrize(("spec", "values", "column"), TIMES.values(), ids=TIMES)
def test_times_are_no_numbers(spec: LabelSpec, values: object, column: str) -> None:
    with pytest.raises(LabelError, match=r"got .*; expected") as told:
        spec.encode(values)
    assert (told.value.row, told.value.column) == (0, column)


def test_missing_times_are_unknown() -> None:
    assert COLOUR.encode(pd.Series([pd.NaT, pd.NaT])).tolist() == [-1, -1]
