from __future__ import annotations

import json

import pytest

from labelfeed.cli.evaluate import run_evaluate
from labelfeed.runs.folder import load_run


@pytest.mark.parametrize("name", ["single", "multi"])
def test_held_out_scores_are_those_of_training(runs, name, capsys):
    got = run_evaluate(str(getattr(runs, name)), str(runs.rows), as_json=True)
    printed = capsys.readouterr()
    assert json.loads(printed.out) == got
    assert printed.err == ""
    trained = load_run(getattr(runs, name)).metrics
    for part in {"nothing_known", "partly_known"} & set(trained):
        for score in ("accuracy", "macro_auc", "log_loss"):
            assert got[part][score] == pytest.approx(trained[part][score], abs=1e-4)


def test_text(runs, capsys):
    run_evaluate(str(runs.arrays), str(runs.npz), rows="all")
    got = capsys.readouterr()
    assert "60 labelled rows, most of which the run was TRAINED on" in got.out
    assert "labels known to the network" in got.out


def test_an_operating_point_is_printed_and_kept(runs, capsys):
    got = run_evaluate(str(runs.multi), str(runs.rows), sensitivity="0.8")
    found = got["operating_point"]
    assert found["goal"] == {"kind": "sensitivity", "value": 0.8, "name": None}
    printed = capsys.readouterr().out
    assert f"chosen on {found['chosen_on']}" in printed
    assert all(name in printed for name in found["labels"])
    with pytest.raises(ValueError, match="exclude each other"):
        run_evaluate(str(runs.multi), str(runs.rows), sensitivity="0.8", precision="0.8")
    with pytest.raises(ValueError, match="--precision is for 'x'; expected one of"):
        run_evaluate(str(runs.multi), str(runs.rows), precision="x=0.8")
