"""Classes called by numbers: a number is never read as another class in silence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.labels.errors import LabelError
from labelfeed.labels.numbered import AmbiguousError, number_names, read_numbers
from labelfeed.labels.spec import LabelSpec

TURNED = LabelSpec.single(["1", "2", "0"])
SIGNED = LabelSpec.single(["-1", "0", "1"])
GRADES = LabelSpec.single(["1", "2", "3"], name="grade")
MOOD = LabelSpec.single(["neg", "neu", "pos"])
ZEROS = LabelSpec.single(["01", "02"])
RATES = LabelSpec.single(["0.5", "1.5"])

AMBIGUOUS = {
    "turned": (TURNED, [0, 1, 2], "got 0; .*0 is the name of class 2 and the id of class '1'"),
    "turned, floats": (TURNED, [0.0, None], "got 0.0; expected names as text, or ids as an int32"),
    "turned, series": (TURNED, pd.Series([2], dtype="int32"), "name of class 1 and the id of"),
    "turned, bools": (TURNED, [True], "got True; .*name of class 0 and the id of class '2'"),
    "signed": (SIGNED, [-1, 0, 1], "got -1; .*name of class 0 and unknown among ids"),
    "grades": (GRADES, [1, 2], "got 1; .*name of class 0 and the id of class '2'"),
    "mixed": (GRADES, [0, 3], "Row 1, .*got 3; .*3 is only a name, 0 an id"),
    "words": (MOOD, [-1, 0, 1], "got -1; .*-1 can mean 'neg', or unknown while 0 is 'neg'"),
    "words, dict rows": (MOOD, [{"label": 0}, {"label": 1}, {"label": -1}], "Row 2, .*mean 'neg'"),
}


@pytest.mark.parametrize("spec, values, message", AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_what_can_be_read_in_two_ways_is_refused(
    spec: LabelSpec, values: object, message: str
) -> None:
    with pytest.raises(LabelError, match=message):
        spec.encode(values)


READ = {
    "text": (TURNED, ["0", "1", "2", ""], [2, 0, 1, -1]),
    "int32 ids": (TURNED, np.array([0, 1, 2, -1], np.int32), [0, 1, 2, -1]),
    "signed text": (SIGNED, ["-1", "0", "1", None], [0, 1, 2, -1]),
    "only names fit": (GRADES, [1, 2, 3, None, -1], [0, 1, 2, -1, -1]),
    "only ids fit": (GRADES, [0, 1, 2], [0, 1, 2]),
    "grades of a table": (GRADES, pd.Series([3, 1], dtype="int32"), [2, 0]),
    "zeros in front": (ZEROS, ["02", None, 1.0, 2], [1, -1, 0, 1]),
    "decimal names": (RATES, np.array([1.5, np.nan, 0.5]), [1, -1, 0]),
    "names that are ids": (LabelSpec.single(["0", "1"]), [1, 0, -1], [1, 0, -1]),
    "no names": (LabelSpec.single(3), [-1, 0, 1], [-1, 0, 1]),
    "words, all ids": (MOOD, [-1, 0, 1, 2], [-1, 0, 1, 2]),
}  # fmt: skip


@pytest.mark.parametrize("spec, values, expected", READ.values(), ids=READ)
def test_what_can_be_read_in_one_way_is(
    spec: LabelSpec, values: object, expected: list[int]
) -> None:
    assert spec.encode(values).tolist() == expected


def test_what_fits_neither_has_no_hint_to_subtract() -> None:
    with pytest.raises(LabelError, match=r"Row 1, .*got 4; .*names '1', '2', '3'\.") as caught:
        GRADES.encode([1, 4])
    assert "subtract" not in str(caught.value)


def test_ids_are_decoded_whatever_their_type() -> None:
    for ids in ([0, 2, -1], np.array([0.0, 2.0, np.nan]), np.array([0, 2, -1])):
        assert TURNED.decode(ids).tolist() == ["1", "0", None]
    assert TURNED.encode(TURNED.encode(["1", "0", ""])).tolist() == [0, 2, -1]


def test_number_names() -> None:
    assert number_names(("0", "1", "2")) == {}
    assert number_names(("a", "7")) == {7.0: 1}
    assert number_names(("1", "01")) == number_names(("nan", "inf")) == number_names(None) == {}


def test_the_error_names_the_value() -> None:
    with pytest.raises(AmbiguousError) as caught:
        read_numbers(np.array([np.nan, 2.0, 1.0]), ("1", "2", "3"))
    assert caught.value.value == 1.0
