"""Columns of annotators become ids of the same classes, or an error says why not."""

from __future__ import annotations

import pandas as pd
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.noise.readings import class_ids

FRAME = pd.DataFrame(
    {
        "ann": ["ill", "well", None, "ill"],
        "bob": ["well", "dead", "ill", ""],
        "cleo": ["dead", "dead", "dead", "dead"],
        "dora": ["1", "0", "1", "0"],
        "size": ["1.5", "2.5", "3.5", "4.5"],
        "empty": [None] * 4,
    }
)


def test_ids_are_of_all_classes_that_anybody_gives() -> None:
    ids, classes = class_ids(FRAME, ["ann", "cleo", "bob", "empty"], "f.csv")
    assert classes == ("dead", "ill", "well"), "cleo meets ann by way of bob"
    assert ids.tolist() == [[1, 0, 2, -1], [2, 0, 0, -1], [-1, 0, 1, -1], [1, 0, -1, -1]]
    again, same = class_ids(FRAME, ["ann"], "f.csv", classes=("well", "ill"))
    assert same == ("well", "ill") and again[:, 0].tolist() == [1, 0, -1, 1]


@pytest.mark.parametrize(
    ("names", "given", "what"),
    [
        (["ann", "bop"], {}, "no annotator 'bop'.*'bob'"),
        (["ann", "ann"], {}, "named twice"),
        (["ann", "bob", "dora"], {}, "'dora' holds '0', '1', 'ann' 'ill', 'well': no class in"),
        (["bob"], {"classes": ("ill", "well")}, "'bob' holds 'dead', no class of 'ill', 'well'"),
    ],
)
def test_what_does_not_fit_is_told(names, given, what) -> None:
    with pytest.raises(DataError, match=what):
        class_ids(FRAME, names, "f.csv", **given)


def test_numbers_are_no_classes_unless_told() -> None:
    ages = pd.DataFrame({"ann": range(20, 50), "bob": range(20, 50)})
    with pytest.raises(DataError, match=r"'ann' holds numbers.*--ranges ann=0"):
        class_ids(ages, ["ann", "bob"], "f.csv")
    assert len(class_ids(ages, ["ann", "bob"], "f.csv", ranges={"ann": 0, "bob": 0})[1]) == 30
