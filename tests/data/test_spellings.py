from __future__ import annotations

from labelfeed.data.spellings import Spelling, spellings_json

FOUND = [
    Spelling("label", "ill", "y", "yes", 3, "y"),
    Spelling("label", "ill", "", "unknown", 2),
    Spelling("side", "site", "NA", "class", 1, "NA", guessed=True),
]


def test_spellings_as_json() -> None:
    labels = {"ill": {"y": ["yes", "y", 3], "": ["unknown", "", 2]}}
    sides = {"site": {"NA": ["class", "NA", 1]}}
    assert spellings_json(FOUND) == {"label": labels, "side": sides}
