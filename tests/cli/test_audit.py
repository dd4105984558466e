from __future__ import annotations

import json

import pandas as pd

from labelfeed.cli.audit import run_audit


def test_a_run_does_not_leak(runs, capsys):
    result = run_audit(str(runs.multi), str(runs.rows), rows="all", as_json=True)
    assert not result.leaks
    assert json.loads(capsys.readouterr().out) == result.to_dict()


def test_a_copy_of_the_target_among_the_columns_is_named(runs, tmp_path, capsys):
    frame = pd.read_csv(runs.rows)
    frame["smokes"] = frame["cough"].map({1: "True", 0: "False"}).fillna("True")
    frame.to_csv(tmp_path / "copy.csv", index=False)
    result = run_audit(str(runs.multi), str(tmp_path / "copy.csv"))
    assert [(c.column, c.label) for c in result.feature_copies] == [("smokes", "cough")]
    assert "column 'smokes' determines 'cough' one to one" in capsys.readouterr().out
    assert [w.kind for w in result.warnings] == ["feature copy"]
