from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from labelfeed.data.feature_cells import feature_cells
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.labels.cell_rules import CellRules


def found(values: list, **declared: object) -> tuple[list, list]:
    frame, spellings = feature_cells(pd.DataFrame({"c": values}), CellRules(**declared))
    cells = [None if pd.isna(v) else v for v in frame["c"]]
    return cells, [(s.spelling, s.state, s.count, s.guessed) for s in spellings]


@pytest.mark.parametrize(
    ("values", "state"),
    [
        (["1.5", "2", "NA", "NA"], "unknown"),
        (["yes", "no", "NA", "NA"], "unknown"),
        (["none", "DE", "NA", "NA"], "class"),
        (["yes", "yes", "NA", "NA"], "class"),
        (["1", "1", "NA", "NA"], "class"),
    ],
)
def test_a_word_is_missing_where_it_can_be_nothing_else(values: list, state: str) -> None:
    cells, spellings = found(values)
    assert cells == values  # what stands there is for the preprocessing
    assert ("NA", state, 2, True) in spellings


def test_declared_words_are_taken_out_and_numbers_stay() -> None:
    values = ["-1", "2", "n.a.", "N.A."]
    cells, spellings = found(values, missing=["n.a.", -1])
    assert cells == ["-1", "2", None, None]
    assert spellings == [("n.a.", "unknown", 1, False), ("N.A.", "unknown", 1, False)]
    assert found(["NA", "DE"], keep="NA")[0] == ["NA", "DE"]
    assert found([1.0, -1.0], missing=-1) == ([1.0, -1.0], [])


def test_texts_that_are_many_are_no_categories() -> None:
    assert found([*(f"name {i}" for i in range(200)), "NA"]) == (
        [*(f"name {i}" for i in range(200)), "NA"], [])  # fmt: skip


def test_a_run_reads_declared_words_in_raw_rows_too() -> None:
    rows = pd.DataFrame({"c": ["1", "2", "4"], "d": ["x", "y", "x"]})
    fitted = dataclasses.replace(Preprocessor.fit(rows), missing=("n.a.",))
    new = pd.DataFrame({"c": ["N.A.", "2"], "d": ["n.a.", "y"]})
    assert fitted.transform(new)[0, 0] == fitted.transform(new)[1, 0]  # the median
    assert Preprocessor.from_json(fitted.to_json()) == fitted
    assert "missing" not in Preprocessor.fit(rows).to_json()
