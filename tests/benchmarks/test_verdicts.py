"""The benchmark of verdicts on few rows: planted gains are there, null ones are not."""

from __future__ import annotations

import json

import numpy as np
import pytest

from benchmarks import verdicts
from benchmarks.__main__ import main
from labelfeed.comparison.compare import verdict_metric
from labelfeed.comparison.contenders import applying
from labelfeed.comparison.design import Design, input_kind
from labelfeed.comparison.judged import judged


def test_what_is_planted_is_there_and_what_is_null_is_not() -> None:
    def told(case: str) -> float:
        rows = verdicts.rows_of(case, 4000, 0)
        if case.startswith("labels"):
            return abs(float(np.corrcoef(rows.labels.T)[0, 1]))
        turned = rows.features[:, 3] * np.array([1, 0, -1])[rows.sides.ids[:, 0]]
        first = rows.labels == (0 if case.startswith("classes") else 1)
        return abs(float(np.corrcoef(turned, first)[0, 1]))

    assert told("labels-planted") > 0.1 > 0.05 > told("labels-null")
    for kind in ("sides", "classes"):
        assert told(f"{kind}-planted") > 0.1 > 0.05 > told(f"{kind}-null")


@pytest.mark.parametrize("case", ["labels-planted", "classes-planted"])
def test_its_quick_scores_are_those_of_a_comparison(case: str) -> None:
    rows = verdicts.rows_of(case, 100, 0)
    names = tuple(n for n in applying(input_kind(rows), "logistic") if not n.startswith("trees"))
    design = Design(rows, None, names, "logistic", metric=verdict_metric(rows))
    quick, slow = verdicts._scored(design, 0, 0), judged(design, 0, 0)
    for name in names:
        ours, theirs = (
            found["contenders"][name]["scores"][design.verdict_point][design.metric]
            for found in (quick, slow)
        )
        assert abs(ours - theirs) < 1e-9


def test_the_table_has_a_line_for_each_case(capsys, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(verdicts, "cpu_count", lambda: 1)
    out = tmp_path / "verdicts.json"
    asked = ["--runs", "1", "--rows", "80", "--cases", "sides-null", "--json", str(out)]
    assert main(["verdicts", *asked]) == 0
    printed = capsys.readouterr().out
    assert "does not pay" in printed and "sides-null" in printed
    assert json.loads(out.read_text())["cases"]["sides-null"]["splits"] >= 10
