"""Rows are looked at before they are compared on."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from labelfeed.comparison.errors import ComparisonError
from labelfeed.comparison.rows import (
    check_rows,
    enough_rows,
    folds_of,
    same_labels,
    summary_of,
    told_inputs,
    words_by,
)
from labelfeed.data.groups import Together
from tests.comparison._rows import findings, turned


def test_refuses_what_no_plain_model_learns_from() -> None:
    rows = findings()
    check_rows(rows)
    bad = {
        "pictures": {"features": np.zeros((60, 4, 4, 1), np.uint8)},
        "soft targets": {"soft": np.full((60, 3), np.nan)},
        "weights of single labels": {"weights": np.ones((60, 3))},
        "Every label is unknown": {"labels": np.full((60, 3), -1, np.int32)},
    }
    for said, change in bad.items():
        with pytest.raises(ComparisonError, match=said):
            check_rows(dataclasses.replace(rows, **change))


def test_says_which_class_has_too_few_rows() -> None:
    assert enough_rows(findings()) == ""
    assert "40 labelled rows" in enough_rows(findings(40))
    labels = np.zeros(80, np.int32)
    labels[:4] = 1
    said = enough_rows(dataclasses.replace(turned(), labels=labels))
    assert said.startswith("'label' is 'malignant' in 4 rows") and "at least 10" in said


def test_fewer_groups_are_fewer_folds() -> None:
    rows = findings()
    assert folds_of(rows, Together(None, 60)) == 5
    assert folds_of(rows, Together(np.arange(60) // 20, 3)) == 3
    with pytest.raises(ComparisonError, match="2 group"):
        folds_of(rows, Together(np.arange(60) // 30, 2))


def test_values_of_a_column_in_words() -> None:
    frame = pd.DataFrame({"sex": ["f", "m", None] * 20, "age": np.arange(60.0),
                          "who": [f"p{i}" for i in range(60)], "one": [1, 2] * 30})  # fmt: skip
    rows = dataclasses.replace(findings(), kind="table", features=frame)
    found = words_by(rows, ["sex", "age", "one", "f0"])
    assert set(found["sex"]) == {"f", "m", "(missing)"} and set(found["one"]) == {"1", "2"}
    assert list(dict.fromkeys(found["age"])) == [
        "0 to 14.75", "14.75 to 29.5", "29.5 to 44.25", "44.25 to 59"
    ]  # fmt: skip
    assert np.unique(found["age"], return_counts=True)[1].tolist() == [15, 15, 15, 15]
    with pytest.raises(ComparisonError, match="60 different values"):
        words_by(rows, ["who"])
    with pytest.raises(ComparisonError, match="Did you mean 'sex'"):
        words_by(rows, ["sexe"])
    assert set(words_by(turned(), ["scanner"])["scanner"]) == {"A", "B"}


def test_summary_and_when_it_holds() -> None:
    found = summary_of(findings(), Together(np.arange(60) // 2, 30))
    assert found["rows"] == "60" and "f0: " in found["labels"] and "30" in found["groups"]
    assert "scanner (2 classes)" in summary_of(turned(), Together(None, 80))["side labels"]
    rows = findings()
    assert told_inputs(rows, 0.3) == "when 1 of 3 labels is known"
    gaps = rows.labels.copy()
    gaps[0, 0] = -1
    assert "50% of a row's labels" in told_inputs(dataclasses.replace(rows, labels=gaps), 0.5)
    assert told_inputs(turned(), 0.5) == "when scanner is known"


def test_labels_that_are_the_same_in_all_rows_are_named() -> None:
    rows = findings()
    labels = rows.labels.copy()
    labels[:, 0], labels[:, 1] = 1, -1
    one, none = same_labels(dataclasses.replace(rows, labels=labels))
    assert "'f0' is '1' in every row" in one.replace("'yes'", "'1'") and "'f1' is unknown" in none
    with pytest.raises(ComparisonError, match="Nothing can be learned: the label 'f0'"):
        same_labels(dataclasses.replace(rows, labels=np.ones_like(labels)))
    assert same_labels(rows) == []
