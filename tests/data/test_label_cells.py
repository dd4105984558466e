"""What a cell of a label column is read as, spelling by spelling."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from labelfeed.data.label_cells import class_cells, label_cells, means_missing
from labelfeed.labels.cell_rules import CellRules
from labelfeed.labels.encoding import LabelError
from labelfeed.labels.spec import LabelSpec

NAN = math.nan


def read(values: list, single: bool = False, column: Any = None, **declared: Any) -> Any:
    texts = np.array(values, dtype=object)
    return label_cells("c", texts, CellRules(**declared), "f.csv", column, single)


def states(found: Any) -> dict[str, tuple[str, str, bool]]:
    return {s.spelling: (s.state, s.read_as, s.guessed) for s in found.spellings}


@pytest.mark.parametrize(
    ("values", "word", "state"),
    [
        (["none", "mild", "severe"], "none", "class"),
        (["none", "finding"], "none", "class"),
        (["unknown", "a", "b"], "unknown", "class"),
        (["NA", "DE", "US"], "NA", "class"),
        (["null", "one"], "null", "class"),
        (["nan", "x"], "nan", "class"),
        (["NA", "1"], "NA", "class"),  # without it one class would be left
        (["none", "yes"], "none", "class"),
        (["?", "1", "2"], "?", "unknown"),
        (["NA", "0", "1"], "NA", "unknown"),
        (["unknown", "no", "yes"], "unknown", "unknown"),
        (["?"], "?", "unknown"),
    ],
)
@pytest.mark.parametrize("single", [True, False])
def test_no_guess_loses_a_class(values: list, word: str, state: str, single: bool) -> None:
    found = read(values * 2, single)
    assert states(found)[word] == (state, word if state == "class" else "", True)
    assert (word in found.texts) == (state == "class")
    assert found.spellings[0].count == 2


def test_what_is_declared_is_no_guess() -> None:
    assert states(read(["none", "mild", "bad"], True, missing="none"))["none"] == (
        "unknown", "", False)  # fmt: skip
    assert states(read(["NA", "0", "1"], True, keep="NA"))["NA"] == ("class", "NA", False)
    assert states(read(["0", "1", None], False))[""] == ("unknown", "", False)


@pytest.mark.parametrize(
    ("values", "single"),
    [
        (["-1", "0", "1", None], False),
        (["-1", "1"], False),
        (["-1", "1"], True),
        (["-1", "0", "1"], True),
        (["-1", "0", "5"], True),
        (["-1", "red", "blue"], True),
    ],
)
def test_minus_one_is_asked_for(values: list, single: bool) -> None:
    with pytest.raises(LabelError, match=r"f\.csv: Row 1, column 'c': got -1, 1 times beside"):
        read(values, single)
    found = read(values, single, missing=-1)
    assert states(found)["-1"] == ("unknown", "", False)
    assert found.texts[0] is None
    assert read(values, single, keep=-1).texts[0] == "-1"


def test_minus_one_on_a_scale_is_a_class() -> None:
    assert states(read(["-2", "-1", "0"], True))["-1"] == ("class", "-1", False)


@pytest.mark.parametrize(
    ("how", "text", "soft", "read_as"),
    [
        ("ignore", None, NAN, ""),
        ("zeros", "no", NAN, "no"),
        ("ones", "yes", NAN, "yes"),
        ("soft=0.6", None, 0.6, "0.6"),
        ("class", "uncertain", NAN, "uncertain"),
    ],
)
def test_uncertain(how: str, text: str | None, soft: float, read_as: str) -> None:
    found = read(["yes", "no", "-1"], uncertain=how)
    assert found.texts[2] == text
    np.testing.assert_allclose(found.soft, [NAN, NAN, soft], rtol=1e-6)
    assert states(found)["-1"] == ("uncertain", read_as, False)
    maybe = read(["yes", "no", "Maybe"], uncertain={"c": how}, uncertain_words="maybe")
    assert maybe.texts.tolist() == found.texts.tolist()


def test_a_probability_in_a_yes_no_column_of_a_run_is_soft() -> None:
    (column,) = LabelSpec.multi(["c"]).label_columns
    texts = np.array(["1", "0.25", "2"], dtype=object)
    found = label_cells("c", texts, CellRules(), "f.csv", column)
    assert found.texts.tolist() == ["1", None, "2"]
    np.testing.assert_allclose(found.soft, [NAN, 0.25, NAN])
    assert states(found)["0.25"] == ("uncertain", "0.25", False)
    assert read(["1", "0.25", "2"]).texts.tolist() == ["1", "0.25", "2"]  # in training: refused


def test_negative_and_none_words_are_no() -> None:
    assert read(["-1", "yes"], negative=-1).texts.tolist() == ["no", "yes"]
    assert states(read(["clear", "yes"], none_word="clear"))["clear"] == ("none apply", "no", False)
    assert read(["-1", "1"], True, negative=-1).texts.tolist() == ["-1", "1"]  # a class as it is
    assert read(["-1", "0", "1"], True, negative=-1).texts.tolist() == ["0", "0", "1"]


def test_classes_are_no_uncertain_yes() -> None:
    with pytest.raises(LabelError, match=r"f\.csv: Row 3.*--uncertain c=class"):
        read(["red", "blue", "-1"], uncertain="ones")
    assert read(["red", "blue", "-1"], uncertain="class").texts[2] == "uncertain"


def test_a_run_reads_by_its_classes() -> None:
    (grade,) = LabelSpec.single(["mild", "none"], name="c").label_columns
    found = read(["none", "NA", "mild"], True, grade)
    assert found.texts.tolist() == ["none", None, "mild"]
    assert states(found)["NA"] == ("unknown", "", True)
    assert states(found)["none"] == ("class", "none", False)
    (ill,) = LabelSpec.multi(["c"]).label_columns
    assert read(["1", "NA"], False, ill).texts.tolist() == ["1", None]
    with pytest.raises(LabelError, match="got -1"):
        read(["1", "-1"], False, ill)
    assert read(["1", "-1"], False, ill, uncertain="ones").texts.tolist() == ["1", "1"]


def test_mistakes_among_yes_and_no_stay_for_encoding_to_name() -> None:
    found = read(["yes", "no", "yse", "NA"])
    assert found.texts.tolist() == ["yes", "no", "yse", None]


def test_side_columns() -> None:
    def side(values: list, classes: Any = None, **declared: Any) -> tuple[list, dict]:
        texts = np.array(values, dtype=object)
        out, found = class_cells("c", texts, CellRules(**declared), classes)
        return out.tolist(), {s.spelling: (s.state, s.guessed) for s in found}

    assert side(["A", "NA"]) == (["A", "NA"], {"A": ("class", False), "NA": ("class", True)})
    assert side(["1", "2", "?"])[0] == ["1", "2", None]
    assert side(["A", "NA", None], missing="NA")[0] == ["A", None, None]
    assert side(["0", "-1", "1"])[1]["-1"] == ("class", True)
    assert side(["0", "-1", "1"], missing=-1)[0] == ["0", None, "1"]
    assert side(["A", "NA", "?"], classes={"A", "NA"})[0] == ["A", "NA", None]


def test_one_value_alone_means_nothing() -> None:
    assert means_missing([])
    assert not means_missing(["1"])
    assert not means_missing(["yes"])
    assert not means_missing(["1", "x"])
