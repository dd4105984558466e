from __future__ import annotations

import json
import shlex

import pytest

from labelfeed.cli.check import run_check
from labelfeed.cli.main import main
from labelfeed.cli.table_options import table_reading
from labelfeed.runs.folder import load_run
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


def test_the_command_trains(rows, capsys, keras_backend):
    assert _exit("check", rows.name, "--target", "class", "--label", "cough", "--json") == 0
    words = json.loads(capsys.readouterr().out)["command"]
    assert _exit(*words[1:], "--epochs", "1", "--width", "8", "--quiet") == 0
    assert load_run("my rows-run").data["id_column"] == "id"


def test_codes(rows, capsys):
    assert _exit("check", "none.csv") == 2
    assert _exit("check", rows.name, "--target", "klass") == 2
    assert "Did you mean 'class'" in capsys.readouterr().err
    assert _exit("check", rows.name, "--target", "age") == 0  # with what would stop training
    assert "Training would stop" in capsys.readouterr().out
