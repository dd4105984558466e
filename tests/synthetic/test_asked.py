"""What rows are asked for."""

from __future__ import annotations

import pytest

from labelfeed.data.dataset import DataError
from labelfeed.synthetic.asked import by_column, parse_asked

_NAMES = ("diagnosis", "site", "age", "a=b")


@pytest.mark.parametrize(
    ("known", "found"),
    [
        (["diagnosis=malignant", "AGE = 63"], {"diagnosis": "malignant", "age": "63"}),
        (["site=North, East,age=63"], {"site": "North, East", "age": "63"}),
        (["site=x=1"], {"site": "x=1"}),
        ([], {}),
    ],
)
def test_values_by_column(known, found):
    assert parse_asked(known, _NAMES) == found


@pytest.mark.parametrize(
    ("known", "message"),
    [
        (["diagnos=x"], "no column 'diagnos'. Did you mean 'diagnosis'"),
        (["age"], "'age': give it a value, age=VALUE"),
        (["age="], "give it a value"),
        (["age=1", "Age=2"], "names 'age' twice"),
    ],
)
def test_what_does_not_fit_is_told(known, message):
    with pytest.raises(DataError, match=message):
        parse_asked(known, _NAMES)


def test_names_that_differ_by_case_alone_have_to_be_given_as_they_are():
    assert by_column("Age", ["Age", "age"]) == "Age"
    with pytest.raises(DataError, match="no column 'AGE'"):
        by_column("AGE", ["Age", "age"])
