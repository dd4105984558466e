"""The rates of the audit, on cases that need no training."""

from __future__ import annotations

import json
from pathlib import Path

import keras

from benchmarks.__main__ import main
from benchmarks.audit_rates import measure


def test_rates_of_a_case_without_training(capsys, tmp_path: Path) -> None:
    out = tmp_path / "rates.json"
    assert keras.backend.backend()
    assert main(["audit-rates", "--seeds", "3", "--only", "stochastic", "--json", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "false alarms: 0 of 3" in printed
    assert "leaks found: 0 of 0" in printed
    assert json.loads(out.read_text())["cases"][0]["verdicts"] == {"label not read": 3}


def test_case_names_are_distinct_and_chosen_by_text() -> None:
    assert measure(0, "no such case") == []
    rows = measure(0)
    assert len({row["case"] for row in rows}) == len(rows) > 20
