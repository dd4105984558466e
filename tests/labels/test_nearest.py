from __future__ import annotations

import pytest

from labelfeed.labels.nearest import listed, nearest, plain_spelling


@pytest.mark.parametrize(
    ("word", "name"),
    [("male", "Male"), ("MALE ", "Male"), ("female", "Female"), ("femal", "Female"), ("x", None),
     ("no  finding", "No Finding"), ("STRASSE", "straße")],
)  # fmt: skip
def test_case_and_spaces_come_before_misspellings(word: str, name: str | None) -> None:
    assert nearest(word, ["Female", "Male", "No Finding", "straße"]) == name


def test_of_two_that_read_alike_the_first_is_taken() -> None:
    assert nearest("SICK", ["Sick", "sick"]) == "Sick"
    assert plain_spelling(" A  b") == "a b"


def test_a_long_list_is_cut() -> None:
    assert listed(["a", "b"]) == "'a', 'b'"
    assert listed(["a", "b", "c"], most=2) == "'a', 'b', ... (3 in all)"
