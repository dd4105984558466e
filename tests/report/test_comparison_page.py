"""The page of a comparison: the verdict first, everything in one file, lists on phones."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from labelfeed.comparison.decision import ALPHA, decide
from labelfeed.comparison.result import Comparison
from labelfeed.comparison.summary import by_values, compared, split_scores
from labelfeed.report.comparison_page import (
    comparison_parts,
    comparison_table,
    write_comparison_page,
)
from tests.comparison._rows import NAMES, design_of, drawn, findings


@pytest.fixture
def found() -> Comparison:
    words = np.array(["<A>"] * 55 + ["B"] * 5, object)
    design = design_of(findings(), by={"site": words})
    splits = [drawn(at, 0.1, design) for at in design.plan[:10]]
    decision = decide(split_scores(splits, NAMES, "macro_auc", design.verdict_point), 0.2, ALPHA)
    return Comparison(
        "pays: it does", decision, compared(splits, NAMES, design), "macro_auc",
        design.verdict_point, 10, 25, 5, 60, by_values(splits, NAMES, design, "partial-labels"),
        ("something was left out",), {"data": "scans.csv"},
    )  # fmt: skip


def test_the_table_has_every_contender_and_marks_what_pays(found) -> None:
    table = comparison_table(found)
    assert [row[0] for row in table.rows] == ["plain", "partial-labels", "the Bayes product"]
    assert table.emphasis == (1,) and table.rows[0][4] == "-" and table.rows[1][6] == "10/10"
    assert table.rows[1][4].startswith("+9.1 [") and "log loss" in table.columns
    loss = comparison_table(dataclasses.replace(found, metric="log_loss"))
    assert loss.columns.count("log loss") == 1


def test_the_page_is_one_file_with_the_verdict_on_top(found, tmp_path) -> None:
    page = tmp_path / "report.html"
    write_comparison_page(page, found, "labelfeed compare 'my scans.csv'")
    text = page.read_text()
    assert text.index("<p class=lead>pays: it does") < text.index("<table")
    assert text.count("data:image/png") == 3 and "http" not in text
    assert "&lt;A&gt;" in text and "too few rows" in text and "<A>" not in text
    assert "Something was left out." in text and "data: scans.csv." in text
    assert text.index("Command: labelfeed compare") < text.index("Versions: labelfeed")


def test_the_level_of_the_verdict_is_told_where_something_is_shown(found) -> None:
    for kind in ("pays", "labels pay", "beats plain", "does not pay"):
        other = dataclasses.replace(found, decision=dataclasses.replace(found.decision, kind=kind))
        told = "interval of the verdict is of level" in str(comparison_parts(other)[0])
        assert told == (kind != "does not pay")


def test_without_intervals_there_is_a_page_too(found, tmp_path) -> None:
    short = dataclasses.replace(found.decision, kind="cannot tell", name="")
    gap = dataclasses.replace(found.contenders[1].over_plain, low=float("nan"), high=float("nan"),
                              seeds=1)  # fmt: skip
    few = tuple(dataclasses.replace(one, over_best=gap, over_plain=gap) for one in found.contenders)
    other = dataclasses.replace(found, decision=short, contenders=few)
    write_comparison_page(tmp_path / "p.html", other)
    text = (tmp_path / "p.html").read_text()
    assert "[nan" not in text and "Command:" not in text
