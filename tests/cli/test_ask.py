"""`labelfeed ask`."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from labelfeed.cli.ask import run_ask
from labelfeed.cli.train import run_train
from labelfeed.data.dataset import DataError
from labelfeed.labels.encoding import LabelError
from labelfeed.options import TrainingOptions
from tests._rows import SHORT, write_csv


@pytest.fixture(scope="module")
def asked(tmp_path_factory) -> SimpleNamespace:
    root: Path = tmp_path_factory.mktemp("ask")
    rows = write_csv(root / "rows.csv")
    lines = rows.read_text().splitlines()
    (root / "one.csv").write_text("\n".join([lines[0], lines[9]]) + "\n")
    common = {"id_column": "id", "features": "x"}
    reading = {
        "multi": {"target": "cough", "labels": ("fever",), "drop": ("class",), **common},
        "single": {"target": "class", "drop": ("cough", "fever"), **common},
    }
    for name, options in reading.items():
        run_train(str(rows), str(root / name), reading=options, quiet=True,
                  options=TrainingOptions(**{**SHORT, "epochs": 1}))  # fmt: skip
    return SimpleNamespace(rows=str(rows), one=str(root / "one.csv"), **{
        name: str(root / name) for name in reading
    })  # fmt: skip


def test_the_best_questions_are_printed(asked, capsys) -> None:
    questions = run_ask(asked.multi, asked.one, about="cough")
    printed = capsys.readouterr().out
    assert [q.label for q in questions] == ["fever"]
    assert printed.startswith("P(cough) = 0.") and "with nothing known" in printed
    assert f"fever    {questions[0].gain:9.3f}"[-9:] in printed
    assert run_ask(asked.multi, asked.rows, about="cough", row="p8") == questions


def test_what_is_known_is_explained_and_not_asked_for(asked, capsys) -> None:
    assert run_ask(asked.multi, asked.one, about="cough", known=["fever=no"]) == []
    printed = capsys.readouterr().out
    assert "with what is known" in printed and "nothing left to ask" in printed
    run_ask(asked.multi, asked.one, about="cough", known=["fever"], as_json=True)
    content = json.loads(capsys.readouterr().out)
    assert (content["about"], content["row"], content["ask"]) == ("cough", "p8", [])
    assert content["alone"]["fever"] == pytest.approx(content["all_known"], abs=1e-6)
    assert content["without"]["fever"] == pytest.approx(content["nothing_known"], abs=1e-6)


def test_what_does_not_fit_is_told(asked) -> None:
    with pytest.raises(DataError, match=r"90 rows; name one of them, as in --row p0"):
        run_ask(asked.multi, asked.rows, about="cough")
    with pytest.raises(DataError, match="--row 'p99': no row has this id"):
        run_ask(asked.multi, asked.rows, about="cough", row="p99")
    with pytest.raises(DataError, match=r"no such label\. Did you mean .fever."):
        run_ask(asked.multi, asked.one, about="fevr")
    with pytest.raises(LabelError, match="'cough' is known already"):
        run_ask(asked.multi, asked.one, about="cough", known=["cough=1"])
    with pytest.raises(DataError, match="names 'fever' twice"):
        run_ask(asked.multi, asked.one, about="cough", known=["fever=1", "fever=0"])
    with pytest.raises(LabelError, match="expected 0, 1, yes, no"):
        run_ask(asked.multi, asked.one, about="cough", known=["fever=3"])
    with pytest.raises(DataError, match="predicts one label, 'class'; ask needs"):
        run_ask(asked.single, asked.one, about="class")


def test_a_column_of_classes_is_asked_for_answer_by_answer(runs, capsys) -> None:
    run_ask(str(runs.mixed), str(runs.rows), about="fever", row="p8")
    printed = capsys.readouterr().out
    assert "P(fever) then" in printed
    assert "ill" in printed and "well" in printed
    run_ask(str(runs.mixed), str(runs.rows), about="class", row="p8", known=["cough=1"])
    printed = capsys.readouterr().out
    assert printed.startswith("P(class=") and "with what is known" in printed
    questions = run_ask(str(runs.mixed), str(runs.rows), about="class=ill", row="p8", as_json=True)
    content = json.loads(capsys.readouterr().out)
    assert {q["label"] for q in content["ask"]} == {"cough", "fever"}
    assert content["ask"][0]["if_present"] == questions[0].if_present
