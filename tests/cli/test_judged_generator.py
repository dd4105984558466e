"""`labelfeed evaluate` and `labelfeed audit` of a generator."""

from __future__ import annotations

import dataclasses
import json

import pytest

from labelfeed.cli import audit, evaluate, judged_generator
from labelfeed.data.dataset import DataError
from labelfeed.data.loading import fingerprint
from tests._fewer_trees import fewer_trees  # noqa: F401 (a fixture)
from tests._generators import small_generator


@pytest.fixture
def small(tmp_path, monkeypatch):
    made = small_generator(tmp_path)
    data = {**made.run.data, "fingerprint": fingerprint(made.path)}
    run = dataclasses.replace(made.run, data=data, split={"test": list(range(60, 90))})
    for module in (audit, evaluate):
        monkeypatch.setattr(module, "is_generator", lambda path: True)
    monkeypatch.setattr(judged_generator, "load_generator", lambda path: run)
    return str(made.path)


def test_evaluate_answers_writes_a_page_and_json(small, tmp_path, capsys):
    page = tmp_path / "page.html"
    found = evaluate.run_evaluate("gen", small, report=str(page))
    said = capsys.readouterr().out
    assert found["verdicts"]["looks"] in said and "column shapes" in said
    assert "Are the synthetic rows any good?" in page.read_text()
    with pytest.raises(DataError, match="--sensitivity is for runs that predict"):
        evaluate.run_evaluate("gen", small, sensitivity="0.9")
    result = audit.run_audit("gen", small, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["verdict"] == result.verdict != "data leak"
