from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.labels.encoding import LabelError
from labelfeed.labels.soft import hard_part, said_of, soft_columns, soft_known_of_rows
from labelfeed.labels.spec import LabelSpec

COLOUR = LabelSpec.single(["red", "green", "blue"], name="colour")
FINDINGS = LabelSpec.multi(["cough", "fever"])
MIXED = LabelSpec.columns([COLOUR, "fever"])


def read(known: object, spec: LabelSpec = MIXED, rows: int = 1) -> list:
    return soft_known_of_rows(known, rows, spec).tolist()


@pytest.mark.parametrize(
    "known",
    [
        {"fever": [0.7, None], "cough": 1},
        {"fever": ["0.7", "nan"], "cough": "yes"},
        [{"fever": 0.7, "cough": 1}, {"cough": 1}],
        pd.DataFrame({"fever": [0.7, np.nan], "cough": [1, 1]}),
        np.array([[1, 0.7], [1, -1]]),
        np.array([[1, 0.7], [1, np.nan]]),
    ],
)
def test_a_cell_may_be_a_probability_however_it_comes(known: object) -> None:
    assert read(known, FINDINGS, 2) == [[1.0, 0.7], [1.0, -1.0]]


def test_what_is_not_soft_stays_ids() -> None:
    for known in ({"fever": 1.0}, {"fever": 0}, np.array([[-1, 1.0]]), {}):
        found = soft_known_of_rows(known, 1, FINDINGS)
        assert found.dtype == np.int32
    assert soft_known_of_rows(COLOUR.encode(["red"]), 1, COLOUR).tolist() == [0]


def test_a_column_of_classes_takes_a_distribution() -> None:
    whole = [[0.7, 0.0, 0.3, -1.0]]
    assert read({"colour": {"red": 0.7, "blue": 0.3}}) == whole
    assert read([{"colour": "red:0.7+blue:0.3"}]) == whole
    assert read(np.array([[0.7, 0, 0.3, -1]])) == whole
    assert read({"colour": "red:.7"}) == read({"colour=red": 0.7}) == [[0.7, -1.0, -1.0, -1.0]]
    assert read({"colour=red": 0.7, "colour=blue": 0}) == [[0.7, -1.0, 0.0, -1.0]]
    assert read({"colour": {"red": 1.0}}) == [[1.0, 0.0, 0.0, -1.0]]
    assert read({"colour": ["green", {"red": 0.5}], "fever": 0.5}, rows=2) == [
        [0.0, 1.0, 0.0, 0.5],
        [0.5, -1.0, -1.0, 0.5],
    ]


@pytest.mark.parametrize(
    ("known", "message"),
    [
        ({"fever": 1.2}, r"Row 0, column 'fever': got 1.2; expected 0, 1, .*a probability between"),
        ({"fever": [0.5, -0.3]}, "Row 1, column 'fever': got -0.3; expected .*a probability"),
        ({"fever": ["0.5", "perhaps"]}, "Row 1, column 'fever': got 'perhaps'"),
        ({"fever": 0.5, "colour": 7}, "column 'colour': got 7; expected an id in 0..2"),
        ({"colour": 0.7}, r"got 0.7; expected a class, or its probability as in red:0.5"),
        ({"colour": {"red": 1.2}}, r"got 1.2; expected a probability in \[0, 1\]"),
        ({"colour": {"red": np.nan}}, r"got nan; expected a probability in \[0, 1\]"),
        ({"colour": "red:0.7+blu:0.3"}, r"got 'blu'; expected one of .*did you mean 'blue'"),
        ({"colour": {"red": 0.7, "blue": 0.7}}, "expected probabilities that sum to 1"),
        ({"colour": {}}, r"column 'colour': got {}; expected a class, or"),
        ({"colour": {}, "fever": 0.5}, r"got {}; expected a class, or probabilities by class"),
        (np.array([[0.7, 0.1, 0, 1]]), "expected probabilities that sum to 1"),
        ({"colour": {"red": 0.7}, "colour=blue": 1}, "expected probabilities that sum to 1"),
        ({"fevr": 0.5}, "no label 'fevr'.*Did you mean 'fever'"),
        ([{"fever": 0.5}] * 2, "known= has 2 rows, the features have 1"),
    ],
)
def test_what_does_not_fit_is_named(known: object, message: str) -> None:
    if isinstance(known, dict) and isinstance(known.get("fever"), list):
        known = {"fever": known["fever"]}
    with pytest.raises(LabelError, match=message):
        read(known)


def test_one_label_alone_is_never_soft() -> None:
    with pytest.raises(LabelError, match="never rounded"):
        read([[0.4, 0.6, 0]], COLOUR)


def test_the_hard_part_and_what_was_said() -> None:
    known = np.array([[0.7, -1.0, 0.2, 1.0], [0.0, 1.0, 0.0, 0.25]])
    assert hard_part(known).tolist() == [[-1, -1, -1, 1], [0, 1, 0, -1]]
    assert soft_columns(known, MIXED).tolist() == [[True, False], [False, True]]
    colour, fever = MIXED.label_columns
    assert said_of(colour, known[0]) == "red:0.7+blue:0.2"
    assert said_of(fever, known[1]) == "0.25"
