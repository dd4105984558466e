"""`labelfeed evaluate --report`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from labelfeed.cli.evaluate import run_evaluate
from labelfeed.cli.scores_page import check_report, write_report
from labelfeed.data.dataset import DataError
from labelfeed.runs.folder import load_run
from labelfeed.runs.rows import load_rows


def _cells(page: Path) -> str:
    """Return the text of a page, its cells without the names of their columns."""
    return re.sub(' data-of="[^"]*"', "", page.read_text())


def test_a_run_of_several_labels_gets_its_curve(runs, tmp_path) -> None:
    page = tmp_path / "new" / "page.html"
    metrics = run_evaluate(
        str(runs.mixed), str(runs.rows), rows="all", report=str(page), quiet=True
    )
    text = _cells(page)
    # Share, ROC, precision and calibration; and what the class was taken for.
    assert text.count("<table") == 4 and text.count("data:image/png;base64,") == 4
    for words in ("all but one", "calibration error", "class=ill", "±", "gain"):
        assert words in text, words
    half = metrics["partly_known"]["macro_auc"]
    assert f"<td>{half:.3f}</td>" in text
    # The table of `evaluate` and the curve mean the same by 50 % known.
    row = text.partition("<tr><td>50%</td>")[2]
    assert row.startswith(f"<td>{half:.3f} ±".replace(">0.", ">."))
    assert f"<td>{metrics['nothing_known']['auc']['fever']:.3f}</td>" in text


def test_a_run_of_one_label_gets_its_scores(runs, tmp_path) -> None:
    run = load_run(runs.single)
    rows = load_rows(run, runs.rows)
    rows = rows.take(rows.labelled)
    blind = {"labels": 9, "accuracy": 0.5, "balanced_accuracy": None, "macro_auc": 0.75}
    scores = {"nothing_known": {**blind, "log_loss": 0.25, "auc": {"well": 0.75}, "skipped": []}}
    write_report(tmp_path / "page.html", run, rows, scores)
    text = _cells(tmp_path / "page.html")
    assert "0.750" in text and "<td>-</td>" in text
    assert "data:image/png" not in text


def test_the_page_is_not_written_over_something_else(tmp_path) -> None:
    (tmp_path / "folder.html").mkdir()
    data = tmp_path / "rows.html"
    data.write_text("x")
    for path in (tmp_path / "page.pdf", tmp_path / "folder.html", data):
        with pytest.raises(DataError, match=r"must end in \.html|choose another file"):
            check_report(str(path), str(data))
    check_report(str(tmp_path / "page.html"), str(data))


def test_a_page_that_cannot_be_written_is_told_before_the_work(runs, tmp_path) -> None:
    (tmp_path / "file").write_text("x")
    for place in (tmp_path / "file" / "page.html", tmp_path / f"{'x' * 300}.html"):
        with pytest.raises(DataError, match="cannot be written"):
            check_report(str(place), str(runs.rows))
        with pytest.raises(DataError, match="cannot be written"):
            run_evaluate(str(tmp_path / "no run"), str(runs.rows), report=str(place))
