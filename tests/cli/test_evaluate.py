from __future__ import annotations

import json

import pandas as pd
import pytest
from click.testing import CliRunner

from labelfeed.cli.evaluate import run_evaluate
from labelfeed.cli.main import main
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


@pytest.mark.only_backend("torch")
@pytest.mark.parametrize("how", [(), ("--stream", "--epochs", "1", "--width", "8")])
def test_a_run_of_several_named_files_is_read_by_every_command(runs, tmp_path, how):
    head, *lines = runs.rows.read_text().splitlines(keepends=True)
    for name, part in (("a", lines[:50]), ("b", lines[50:])):
        (tmp_path / f"{name}.csv").write_text("".join([head, *part]))
    files, run = [tmp_path / "a.csv", tmp_path / "b.csv"], tmp_path / "run"

    def said(*words):
        result = CliRunner().invoke(main, [str(word) for word in words])
        assert result.exit_code == 0, result.output
        return result.output

    said("train", *files, "--target", "cough", "--id-column", "id", "--plain",
         "network" if how else "logistic", *how, "--out", run)  # fmt: skip
    assert load_run(run).data["path"] == list(map(str, files))
    assert "held-out rows of the training file" in said("evaluate", run, *files)
    said("predict", run, *files, "--out", tmp_path / "p.csv")
    assert len(pd.read_csv(tmp_path / "p.csv")) == len(lines)
