"""What to ask next, as text."""

from __future__ import annotations

from labelfeed.report.questions import answer_table, effect_table, question_table, question_text
from labelfeed.runs.ask import Question
from labelfeed.runs.explain import KnownEffect

EFFECT = KnownEffect("mass", 0.25, 0.5, {"nodule": 0.4}, {"nodule": 0.3})
YES_NO = Question("fever", 0.125, 0.75, 0.5, 0.1)
COLUMN = Question(
    "colour", 0.25, None, None, None, {"red": 0.5, "blue": 0.5},
    {"red": {"0": 0.75, "1": 0.25}, "blue": {"0": 0.5, "1": 0.5}},
)  # fmt: skip


def test_what_is_known_and_what_to_ask() -> None:
    lines = question_text(EFFECT, [YES_NO], one=True).splitlines()
    assert lines[0] == "P(mass) = 0.250 with nothing known, 0.500 with what is known"
    assert lines[2].split() == ["nodule", "0.400", "0.300"] and lines[3] == ""
    assert lines[4].split("  ")[-1] == "if no"
    assert lines[5].split() == ["fever", "0.125", "0.750", "0.500", "0.100"]
    assert effect_table(EFFECT).rows == (("nodule", "0.400", "0.300"),)
    assert question_table("mass", [YES_NO]).columns[3] == "mass if yes"


def test_nothing_is_left_to_ask() -> None:
    nothing = KnownEffect("mass", 0.25, 0.25, {}, {})
    assert question_text(nothing, [], one=True).splitlines() == [
        "P(mass) = 0.250 with nothing known",
        "every other label is known: there is nothing left to ask",
    ]


def test_a_column_is_asked_for_answer_by_answer() -> None:
    assert "P(mass) then" in question_text(EFFECT, [COLUMN, YES_NO_LIKE], one=True)
    assert answer_table("mass", [COLUMN]).rows == (
        ("colour", "0.250", "red", "0.500", "0.250"),
        ("", "", "blue", "0.500", "0.500"),
    )
    assert answer_table(None, [COLUMN]).rows[0][-1] == "0 0.750"


YES_NO_LIKE = Question(
    "fever", 0.1, 0.5, None, None, {"no": 0.5, "yes": 0.5},
    {"no": {"0": 1.0, "1": 0.0}, "yes": {"0": 0.0, "1": 1.0}},
)  # fmt: skip
