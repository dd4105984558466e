from __future__ import annotations

import json
import shlex

import numpy as np
import pandas as pd
import pytest

from labelfeed.cli.check import run_check
from labelfeed.cli.main import main
from labelfeed.cli.table_options import table_reading
from labelfeed.runs.folder import load_run
from labelfeed.runs.rows import load_rows
from tests._rows import write_csv


def _exit(*words):
    with pytest.raises(SystemExit) as done:
        main.main(list(words), prog_name="labelfeed")
    return done.value.code


@pytest.fixture
def rows(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return write_csv(tmp_path / "my rows.csv")


def test_it_ends_with_a_command_that_train_understands(rows, capsys):
    assert _exit("check", rows.name) == 0
    text = capsys.readouterr().out
    command = text.split("Train with:\n")[1].replace("\\\n", "")
    words = shlex.split(command)
    assert words[:3] == ["labelfeed", "train", "my rows.csv"]
    with main.commands["train"].make_context("train", words[2:]) as context:
        given = dict(context.params)
    assert given["out"] == "my rows-run"
    found = run_check(rows.name, reading={})
    for name, value in table_reading(given).items():
        assert (value or None) == (found.reading[name] or None)


def test_the_command_trains_and_the_run_reads_dates_and_encodings(rows, capsys, keras_backend):
    frame = pd.read_csv(rows)
    frame["town"] = np.where(frame.index % 2, "Köln", "Bonn")
    frame["seen"] = pd.date_range("2020-01-01", periods=len(frame)).strftime("%d.%m.%Y")
    frame.to_csv(rows, index=False, encoding="latin-1")
    asked = ("--target", "class", "--label", "cough", "--encoding", "latin-1", "--json")
    assert _exit("check", rows.name, *asked) == 0
    words = json.loads(capsys.readouterr().out)["command"]
    assert _exit(*words[1:], "--epochs", "1", "--width", "8", "--quiet") == 0
    run = load_run("my rows-run")
    assert (run.data["id_column"], run.data["dates"]) == ("id", ["seen=%d.%m.%Y"])
    assert "seen days" in run.preprocessor.outputs
    frame.assign(seen="03.04.2020").head(3).to_csv("new.csv", index=False)  # UTF-8, 3rd of April
    read = load_rows(run, "new.csv")
    assert read.features["seen"].dt.month.tolist() == [4, 4, 4]
    assert read.features["town"][2] == "Köln"
    assert np.isfinite(run.preprocessor.transform(read.features)).all()


def test_codes(rows, capsys):
    assert _exit("check", "none.csv") == 2
    assert _exit("check", rows.name, "--target", "klass") == 2
    assert "Did you mean 'class'" in capsys.readouterr().err
    assert _exit("check", rows.name, "--target", "id") == 0  # with what would stop training
    assert "Training would stop" in capsys.readouterr().out
