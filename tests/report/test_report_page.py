"""One page of several things."""

from __future__ import annotations

import json
import re

import pytest

from labelfeed.comparison.stored import RESULT
from labelfeed.report.report_page import ReportError, write_report_page
from labelfeed.report.study_parts import STUDY_FILE
from tests._stored import held_out, write_run


def test_runs_and_a_study_stand_on_one_page_the_verdict_first(tmp_path) -> None:
    one = write_run(tmp_path / "one", held_out(skill=0.3))
    two = write_run(tmp_path / "<two>", held_out(skill=2.5))
    study = tmp_path / "study"
    study.mkdir()
    (study / STUDY_FILE).write_text(json.dumps({"result": {"verdict": "tuning pays"}}))
    page = tmp_path / "page.html"
    found = write_report_page(page, [one, two, study, one], "labelfeed report one")
    text = page.read_text()
    assert found[0] == "tuning pays" and found[1].startswith("<two> is better")
    assert text.index("<p class=lead>Tuning pays") < text.index("&lt;two&gt; is better")
    assert text.index("&lt;two&gt; is better") < text.index("<table")
    assert text.index("Runs side by side") < text.index("Study: study") < text.index("Run: one")
    assert text.count("Run: one</h2>") == 1 and "<pre>labelfeed report one</pre>" in text
    assert "<two>" not in text and "<cough>" not in text and "<note>" not in text
    # Nothing is fetched: no address, no script, no link.
    assert not re.search(r"https?://|<script|<link|@import|url\(", text)
    # A phone shows rows of wide tables as lists: every cell names its column.
    wide = re.findall(r"<table class=wide>.*?</table>", text, flags=re.DOTALL)
    assert wide and all(t.count("<td") == t.count("<td data-of=") for t in wide)


def test_one_run_is_its_own_verdict(tmp_path) -> None:
    page = tmp_path / "page.html"
    (verdict,) = write_report_page(page, [write_run(tmp_path / "run", held_out())])
    text = page.read_text()
    assert "<h1>Run: run</h1>" in text and verdict.startswith("2 labels") and verdict in text


def test_folders_of_one_name_are_told_apart(tmp_path) -> None:
    both = [write_run(tmp_path / at / "run", held_out(skill=s)) for at, s in (("a", 1), ("b", 2))]
    write_report_page(tmp_path / "page.html", both)
    assert "Run: run (2)</h2>" in (tmp_path / "page.html").read_text()


def test_what_is_none_of_these_is_an_error(tmp_path) -> None:
    broken = write_run(tmp_path / "broken", held_out())
    (broken / "split.json").unlink()
    (tmp_path / "empty").mkdir()
    (tmp_path / "comparison").mkdir()
    (tmp_path / "comparison" / "comparison.json").write_text("{}")
    for name, why in {
        "none": "no such folder", "empty": "no folder of a run", "broken": "split.json is missing",
        "comparison": f"{RESULT} is missing",
    }.items():  # fmt: skip
        with pytest.raises(ReportError, match=re.escape(why)):
            write_report_page(tmp_path / "page.html", [tmp_path / name])
    assert not (tmp_path / "page.html").exists()
