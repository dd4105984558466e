"""A comparison as a file, and back."""

from __future__ import annotations

import json

import numpy as np
import pytest

from labelfeed.comparison.decision import ALPHA, decide
from labelfeed.comparison.errors import ComparisonError
from labelfeed.comparison.result import Comparison
from labelfeed.comparison.stored import RESULT, load_comparison, save_comparison
from labelfeed.comparison.summary import by_values, compared, split_scores
from tests.comparison._rows import NAMES, design_of, drawn, findings


@pytest.fixture(scope="module")
def found() -> Comparison:
    words = np.array(["A"] * 55 + ["B"] * 5, object)
    design = design_of(findings(), by={"site": words})
    splits = [drawn(at, 0.1, design) for at in design.plan[:10]]
    decision = decide(split_scores(splits, NAMES, "macro_auc", design.verdict_point), 0.2, ALPHA)
    return Comparison(
        "pays: it does", decision, compared(splits, NAMES, design), "macro_auc",
        design.verdict_point, 10, 25, 5, 60, by_values(splits, NAMES, design, "partial-labels"),
        ("left out",), {"data": "scans.csv"},
    )  # fmt: skip


def test_it_comes_back_whole(found, tmp_path) -> None:
    save_comparison(found, tmp_path, "labelfeed compare x")
    again, command = load_comparison(tmp_path)
    assert command == "labelfeed compare x" and again.to_dict() == found.to_dict()
    assert str(again.decision.gain) == str(found.decision.gain) and again.pays
    assert again.by[1].gain is None and len(again.contenders[0].bins) == 10


def test_missing_and_broken_results_say_so(found, tmp_path) -> None:
    with pytest.raises(ComparisonError, match="is missing: the comparison did not end"):
        load_comparison(tmp_path)
    save_comparison(found, tmp_path)
    kept = json.loads((tmp_path / RESULT).read_text())
    for broken in (
        [], {"result": {}, "command": ""}, {**kept, "command": 3},
        {**kept, "result": {**kept["result"], "metric": "x"}},
        {**kept, "result": {**kept["result"], "contenders": []}},
    ):  # fmt: skip
        (tmp_path / RESULT).write_text(json.dumps(broken))
        with pytest.raises(ComparisonError, match="is broken"):
            load_comparison(tmp_path)
