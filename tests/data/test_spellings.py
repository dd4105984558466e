from __future__ import annotations

from labelfeed.data.spellings import Spelling, spelling_notes, spellings_json, unused_notes
from labelfeed.labels.cell_rules import CellRules

FOUND = [
    Spelling("label", "ill", "y", "yes", 3, "y"),
    Spelling("label", "ill", "", "unknown", 2),
    Spelling("side", "site", "NA", "class", 1, "NA", guessed=True),
]


def test_spellings_as_json() -> None:
    labels = {"ill": {"y": ["yes", "y", 3], "": ["unknown", "", 2]}}
    sides = {"site": {"NA": ["class", "NA", 1]}}
    assert spellings_json(FOUND) == {"label": labels, "side": sides}


def test_guesses_are_a_line_each_and_what_was_declared_is_one() -> None:
    read = [
        Spelling("label", "a", "1", "yes", 9, "1"),
        Spelling("label", "a", "", "unknown", 5),
        Spelling("label", "a", "-1", "uncertain", 3, "0.6"),
        Spelling("label", "b", "-1", "uncertain", 4, "0.6"),
        Spelling("label", "b", "-9", "no", 2, "0"),
        Spelling("label", "c", "clear", "none apply", 7),
        Spelling("label", "a", "?", "unknown", 2, guessed=True),
        Spelling("label", "b", "?", "unknown", 1, guessed=True),
        Spelling("side", "site", "NA", "class", 1, "NA", guessed=True),
        Spelling("feature", "age", "?", "unknown", 4, guessed=True),
        Spelling("feature", "town", "NA", "class", 6, "NA", guessed=True),
    ]
    assert spelling_notes(read) == (
        "cells: '-1' 7 times as uncertain (0.6), '-9' 2 times as no, 'clear' 7 times as none apply",
        "'?' 3 times in 'a', 'b': read as unknown; --keep '?' makes it a class",
        "'NA' 1 times in 'site': read as a class; --missing NA takes it for unknown",
        "features: '?' 4 times in 'age': read as missing",
        "features: 'NA' 6 times in 'town': read as categories; "
        "--missing WORD takes one for missing",
    )
    assert spelling_notes(read, declared=False) == spelling_notes(read)[1:]
    assert spelling_notes(read[:2]) == ()


def test_a_declared_word_that_is_nowhere_is_told() -> None:
    rules = CellRules(missing=["NA", "N.N."], keep="None", uncertain="ones", none_word="nil")
    assert unused_notes(FOUND, rules) == (
        "declared, but in no cell: 'n.n.', 'None', '-1', 'nil'",)  # fmt: skip
    assert unused_notes(FOUND, CellRules("NA")) == ()
