"""A study on a page, whatever of it is there."""

from __future__ import annotations

import json

import pytest

from labelfeed.report.study_parts import STUDY_FILE, read_study, study_parts, study_verdict
from labelfeed.report.tables import Table

FOUND = {
    "verdict": "tuned is better", "metric": "macro_auc", "defaults": 0.8, "tuned": 0.83,
    "gain": {"mean": 0.03, "low": 0.01, "high": 0.05}, "settings": {"width": 64, "members":
    {"boosting": {"leaves": 16}}}, "importance": {"width": 0.2, "dropout": 0.7},
    "trials": [{}, {}], "data": {"rows": "300"}, "notes": ["a note"],
}  # fmt: skip


def test_settings_gain_and_importance_are_shown(tmp_path) -> None:
    (tmp_path / STUDY_FILE).write_text(json.dumps({"format": 1, "result": FOUND}))
    study = read_study(tmp_path)
    assert study_verdict(study) == "tuned is better"
    tables = {p.title: p for p in study_parts(study) if isinstance(p, Table)}
    assert tables["Settings against the defaults"].rows[2] == ("gain", "+0.0300 [+0.0100, +0.0500]")
    assert ("members.boosting.leaves", "16") in tables["Best settings"].rows
    assert tables["What mattered"].rows[0] == ("dropout", "70%")
    assert "2 trials." in study_parts(study) and "a note" in study_parts(study)


@pytest.mark.parametrize("study", [{}, {"verdict": 3, "settings": [1], "importance": "x"}])
def test_what_is_missing_or_odd_is_left_out(study) -> None:
    assert study_verdict(study) == "a study without a verdict yet"
    assert study_parts(study) == []


@pytest.mark.parametrize("text", ["", "[1]", "{"])
def test_broken_files_are_errors(tmp_path, text: str) -> None:
    (tmp_path / STUDY_FILE).write_text(text)
    with pytest.raises(ValueError, match="is broken"):
        read_study(tmp_path)
