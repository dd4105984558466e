from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from labelfeed.labels.cell_rules import CellRules, plain_word

RULES = CellRules(
    missing=["NA", -9],
    keep="None",
    negative="absent!",
    uncertain={"edema": "ones", "mass": "class", "": "soft=0.6"},
    none_word=" No Finding ",
    separator="|",
)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("", "unknown"),
        ("  ", "unknown"),
        (" na ", "unknown"),
        ("-9.0", "unknown"),
        ("None", "keep"),
        ("none", None),  # kept as written, no other spelling of it
        ("ABSENT!", "no"),
        ("-1", "uncertain"),
        ("-1.0", "uncertain"),
        ("no finding", "none"),
        ("?", None),
        ("Male", None),
    ],
)
def test_declared(text: str, meaning: str | None) -> None:
    assert RULES.declared(text) == meaning


def test_nothing_is_declared_by_default() -> None:
    words = ["NA", "none", "-1", "?", "nan"]
    assert [CellRules().declared(word) for word in words] == [None] * 5
    assert CellRules(uncertain_words="maybe").declared("maybe") is None  # without `uncertain`
    assert CellRules() == CellRules(missing=[], uncertain={}, none_word=None)


def test_uncertain_by_column() -> None:
    assert RULES.uncertain_value("edema") == 1.0
    assert RULES.uncertain_value("mass") is None
    assert RULES.uncertain_value("other") == 0.6
    assert RULES.soft
    assert not CellRules(uncertain="zeros").soft
    assert math.isnan(CellRules(uncertain="ignore").uncertain_value("a") or 0)
    assert math.isnan(CellRules(uncertain={"b": "ones"}).uncertain_value("a") or 0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"uncertain": "half"}, "uncertain must be ignore, .* got 'half'"),
        ({"uncertain": "soft=1.5"}, "got 'soft=1.5'"),
        ({"uncertain": {"a": "soft="}}, "uncertain of 'a' must be"),
        ({"missing": "NA", "keep": "NA"}, "'na' is declared as missing and as keep"),
        ({"missing": -1, "uncertain": "ones"}, "'-1' is declared as missing and as uncertain"),
        ({"none_word": "No", "negative": "no"}, "'no' is declared as negative and as the none"),
        ({"missing": [None]}, "unknown by themselves"),
    ],
)
def test_contradictions_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CellRules(**options)


def test_rules_survive_json_and_are_joined() -> None:
    assert CellRules.from_json(RULES.to_json()) == RULES
    assert CellRules().to_json() == {}
    more = CellRules(missing=["None", "x"], uncertain={"edema": "zeros"}, none_word="nil")
    both = RULES.plus(more)
    assert both.missing == ("na", "-9", "none", "x")
    assert both.keep == ()
    assert both.how("edema") == "zeros"
    assert both.how("mass") == "class"
    assert (both.none_word, both.separator) == ("nil", "|")
    assert RULES.plus(CellRules()) == RULES
    with pytest.raises(ValueError, match="rules of cells are broken"):
        CellRules.from_json({"words": []})


def test_a_number_is_no_missing_word_of_a_feature() -> None:
    words = CellRules(missing=["n.a.", -1, "x"], keep="y").feature_words
    assert ["N.A." in words, "-1" in words, "x" in words, "" in words] == [True, False, True, True]


def test_words_are_compared_in_one_form() -> None:
    assert plain_word(np.float64(-1)) == plain_word(-1) == plain_word(" -1.00 ") == "-1"
    assert plain_word("1.5") == "1.5"
