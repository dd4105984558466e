"""`labelfeed report`."""

from __future__ import annotations

import pytest

from labelfeed.cli.report import check_page, run_report
from labelfeed.report.report_page import ReportError
from tests._stored import held_out, write_run


def test_verdict_and_place_are_printed(tmp_path, capsys) -> None:
    run = write_run(tmp_path / "run", held_out())
    page = tmp_path / "new" / "page.html"
    run_report([str(run)], str(page), command="labelfeed report run")
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("2 labels (plain): macro-AUC") and said[1] == f"written to {page}"
    run_report([str(run)], str(page), quiet=True)
    assert capsys.readouterr().out == "" and page.stat().st_size > 10_000


def test_a_page_goes_into_a_page(tmp_path) -> None:
    (tmp_path / "folder.html").mkdir()
    (tmp_path / "file").write_text("x")
    for place, why in {
        "page.pdf": r"must end in \.html", "folder.html": "is a folder",
        "file/page.html": "cannot be written",
    }.items():  # fmt: skip
        with pytest.raises(ReportError, match=why):
            check_page(tmp_path / place)
