"""`labelfeed evaluate` and `labelfeed audit` of a generator."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from labelfeed.cli import audit, evaluate, judged_generator
from labelfeed.data.dataset import DataError
from labelfeed.judging.judge import judge
from labelfeed.runs.judge_generator import GeneratorJudged, RealRows
from labelfeed.synthetic import TableCodec
from tests._fewer_trees import fewer_trees  # noqa: F401 (a fixture)


def _rows(seed):
    rng = np.random.default_rng(seed)
    return pd.DataFrame({"a": rng.normal(size=60), "y": ["p", "q"] * 30})


@pytest.fixture(scope="module")
def judged():
    found = judge(_rows(0), _rows(1), _rows(0), "y")  # training rows, handed out
    return GeneratorJudged(found, RealRows(_rows(0), _rows(1), "60 rows"), _rows(0), ("y",))


@pytest.fixture(autouse=True)
def generator(monkeypatch, judged):
    run = SimpleNamespace(
        codec=TableCodec.fit(_rows(0)),
        model=SimpleNamespace(label_dropout=0.0),
        combinations=SimpleNamespace(some_unknown=np.array([False])),
    )
    for module in (audit, evaluate):
        monkeypatch.setattr(module, "is_generator", lambda path: True)
    monkeypatch.setattr(judged_generator, "load_generator", lambda path: run)
    monkeypatch.setattr(judged_generator, "_judged", lambda *given: judged)


def test_evaluate_answers_and_writes_a_page(tmp_path, capsys):
    page = tmp_path / "page.html"
    found = evaluate.run_evaluate("gen", "rows.csv", report=str(page), command="labelfeed evaluate")
    said = capsys.readouterr().out
    assert "rows.csv: 60 rows" in said and "column shapes" in said
    assert "Copies training rows" in found["verdicts"]["copies"]
    assert "Are the synthetic rows any good?" in page.read_text()


def test_options_of_runs_that_predict_are_refused():
    with pytest.raises(DataError, match="--sensitivity is for runs that predict"):
        evaluate.run_evaluate("gen", "rows.csv", sensitivity="0.9")
    with pytest.raises(DataError, match="--trained-on is for runs that predict"):
        audit.run_audit("gen", "rows.csv", trained_on="x.csv")


def test_audit_finds_copies_and_labels_that_were_never_dropped(capsys):
    result = audit.run_audit("gen", "rows.csv", as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["verdict"] == result.verdict == "data leak" and result.leaks
    kinds = {found["kind"] for found in told["findings"]}
    assert kinds == {"training rows copied", "unconditional branch untrained"}
