"""One vocabulary: what a word means, and that every reader says the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.columns import fit_column
from labelfeed.data.labelling import as_text, multi_labels, single_labels
from labelfeed.data.sides import read_sides
from labelfeed.labels.spec import LabelSpec
from labelfeed.labels.words import (
    MISSING,
    UNKNOWN_LABEL,
    is_missing,
    other_word,
    without_value,
    yes_no,
)
from labelfeed.sides.tree import Tree
from labelfeed.sides.values import encode_sides

NAN = float("nan")
WORDS = ["", " ", "?", "NA", "n/a", "<NA>", "NaN", "None", "NULL", "Unknown", "#N/A", "-1.#IND"]
YES = ["1", "1.0", "yes", "Y", "TRUE", "t", "present", "Positive", "pos"]
NO = ["0", "0.0", "no", "N", "FALSE", "f", "absent", "Negative", "neg"]


@pytest.mark.parametrize("value", [None, NAN, np.float32("nan"), pd.NA, pd.NaT, b"NA", *WORDS])
def test_is_missing(value: object) -> None:
    assert is_missing(value)
    assert is_missing(value, UNKNOWN_LABEL)


@pytest.mark.parametrize("value", [0, -1, "-1", False, "no", "nil", [NAN], np.array([NAN])])
def test_is_not_missing(value: object) -> None:
    assert not is_missing(value)


def test_minus_one_is_unknown_for_a_label_only() -> None:
    assert is_missing("-1", UNKNOWN_LABEL)
    assert is_missing(" -1.0 ", UNKNOWN_LABEL)
    assert not is_missing("-1.0", MISSING)


def test_no_text_is_without_value() -> None:
    assert [without_value(v) for v in (None, pd.NA, "", "nan")] == [True, True, False, False]


def test_words_that_are_values_here_are_kept_as_written() -> None:
    words = MISSING.but(["none", "NA", ""])
    assert ["none" in words, " NA " in words, "None" in words, "" in words] == [0, 0, 1, 1]
    assert words.blanked(["none", " NA", "na", " x "]) == ["none", "NA", None, "x"]
    assert MISSING.but(None) == MISSING


@pytest.mark.parametrize("words, state", [(YES, 1), (NO, 0), (["", "maybe", "2", "?"], None)])
def test_yes_no(words: list[str], state: int | None) -> None:
    assert {yes_no(word) for word in words} == {state}


@pytest.mark.parametrize("no, yes", [("No", "Yes"), ("NEG", "POS"), ("f", "t"), ("N", "Y")])
def test_the_other_word_keeps_the_case(no: str, yes: str) -> None:
    assert (other_word(no), other_word(yes)) == (yes, no)


COLOUR = LabelSpec.single(["red", "blue"], name="c")
FEVER = LabelSpec.multi(["fever"], name="f")


def _features(words: list[str]) -> list[bool]:
    """Whether each word is missing in a column of numbers."""
    column = pd.Series(["1.5", "2.5", "7", *words], name="c", index=np.arange(1, 4 + len(words)))
    found = fit_column(column).apply(column)[3:, -1].tolist()  # type: ignore[union-attr]
    return [value == 1 for value in found]


READERS: dict[str, Any] = {
    "labels in Python": lambda words: COLOUR.encode(words) == -1,
    "yes/no labels in Python": lambda words: FEVER.encode([[w] for w in words]) == -1,
    "labels of a file": lambda words: single_labels(words, "c", COLOUR, "f.csv").labels == -1,
    "yes/no labels of a file": lambda w: multi_labels({"fever": w}, FEVER, "f").labels == -1,
    "side labels": lambda words: encode_sides([COLOUR], {"c": words})["c"] == -1,
    "side labels of a file": lambda w: read_sides({"c": w}, [COLOUR], len(w))[0].ids == -1,
    "features": _features,
    "a tree": lambda words: [Tree({"a": "b"}).parents == Tree.from_pairs(
        [("a", "b"), *((w, "b") for w in words), *(("a", w) for w in words)]).parents],
}  # fmt: skip


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_every_reader_takes_the_same_words_for_missing(read: Any) -> None:
    assert np.all(read(WORDS))


def test_every_reader_takes_the_same_words_for_yes_and_no() -> None:
    words = YES + NO
    state = np.array([1] * len(YES) + [0] * len(NO))
    assert FEVER.encode([[w] for w in words])[:, 0].tolist() == state.tolist()
    assert multi_labels({"fever": words}, FEVER, "f.csv").labels[:, 0].tolist() == state.tolist()
    fitted = fit_column(pd.Series(words, name="fever", index=np.arange(1, len(words) + 1)))
    assert fitted.words  # type: ignore[union-attr]
    assert (fitted.apply(words)[:, 0] > 0).tolist() == (state == 1).tolist()  # type: ignore[union-attr]


def test_a_class_that_is_called_so_is_a_class_for_every_reader() -> None:
    grade = LabelSpec.single(["none", "mild"], name="grade")
    words = ["none", "mild", "NONE", "?"]
    assert grade.encode(words).tolist() == [0, 1, -1, -1]
    assert single_labels(words, "grade", grade, "f.csv").labels.tolist() == [0, 1, -1, -1]
    assert read_sides({"grade": words}, [grade], 4)[0].ids[:, 0].tolist() == [0, 1, -1, -1]
    columns = LabelSpec.columns([grade, "fever"])
    labels = multi_labels({"grade": words, "fever": [""] * 4}, columns, "f.csv").labels
    assert columns.label_columns[0].ids(labels).tolist() == [0, 1, -1, -1]
    assert as_text(words).tolist() == words
