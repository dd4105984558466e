"""Side labels from the command line, from a file to an audit."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from labelfeed.cli.audit import run_audit
from labelfeed.cli.evaluate import run_evaluate
from labelfeed.cli.predict import run_predict
from labelfeed.cli.train import run_train
from labelfeed.data.dataset import DataError
from labelfeed.options import TrainingOptions
from labelfeed.runs.folder import load_run
from labelfeed.sides.findings import SideLeakError
from tests.strategies._sides import rows

QUICK = {"width": 16, "depth": 1, "batch_size": 32, "learning_rate": 1e-2, "epochs": 8,
         "dropout": 0.0, "side_corruption": 0.0}  # fmt: skip


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """A table in which the column turn says which feature counts, and a run on it."""
    folder = tmp_path_factory.mktemp("sides")
    x, y, turn = rows(420)
    frame = pd.DataFrame(x, columns=list("abcd"))
    frame["turn"] = np.where(turn == 1, 90, 0)
    frame["ill"] = np.where(y, "yes", "no")
    frame["same"] = np.where(y, "v", "w")
    frame.to_csv(folder / "rows.csv", index=False)
    reading = {"target": "ill", "sides": ("turn",), "drop": ("same",), "features": "x"}
    run_train(str(folder / "rows.csv"), str(folder / "run"), reading=reading,
              options=TrainingOptions(**QUICK), quiet=True)  # fmt: skip
    return folder


def predict(places, table: pd.DataFrame, capsys, **options) -> tuple[pd.DataFrame, str, str]:
    table.to_csv(places / "new.csv", index=False)
    run_predict(str(places / "run"), str(places / "new.csv"), str(places / "out.csv"),
                overwrite=True, **options)  # fmt: skip
    text = capsys.readouterr()
    return pd.read_csv(places / "out.csv"), text.out, text.err


def test_the_run_holds_its_side_labels(places):
    run = load_run(places / "run")
    assert [(s.name, s.names) for s in run.sides] == [("turn", ("0", "90"))]
    record = json.loads((places / "run" / "run.json").read_text())
    assert record["sides"][0]["names"] == ["0", "90"]
    assert record["data"]["sides"] == ["turn"]
    assert record["options"]["strategy"] == "side-label"  # what "auto" took
    assert [c.name for c in run.preprocessor.columns] == list("abcd")


def test_predict_reads_what_is_there_and_says_what_is_not(places, capsys):
    table = pd.read_csv(places / "rows.csv").head(40)
    known, out, _ = predict(places, table, capsys)
    assert "side labels (turn) fed in 40 rows, none in 0" in out
    assert (known["predicted"] == table["ill"]).mean() > 0.8
    blind, out, _ = predict(places, table, capsys, read_sides=False)
    assert "side labels (turn) not read" in out
    without, out, err = predict(places, table.drop(columns="turn"), capsys)
    assert "no side column 'turn': unknown in every row" in err
    assert "none in 40" in out
    np.testing.assert_allclose(without["p_yes"], blind["p_yes"], atol=1e-6)
    assert np.abs(known["p_yes"] - blind["p_yes"]).max() > 0.05
    table.loc[:4, "turn"] = 45
    some, _, err = predict(places, table, capsys)
    assert "side column 'turn': 5 of 40 rows hold a value unseen in training ('45')" in err
    np.testing.assert_allclose(some["p_yes"][:5], blind["p_yes"][:5], atol=1e-6)
    np.testing.assert_allclose(some["p_yes"][5:], known["p_yes"][5:], atol=1e-6)


def test_evaluate_tells_what_the_side_labels_are_worth(places, capsys):
    page = places / "page.html"
    metrics = run_evaluate(str(places / "run"), str(places / "rows.csv"), quiet=True,
                           report=str(page))  # fmt: skip
    assert "Side labels known at inference" in page.read_text(encoding="utf-8")
    out = capsys.readouterr().out
    assert "unknown (the plain network)" in out
    assert "20% wrong" in out
    assert "plain x Bayes product" in out
    assert metrics["sides"]["known"]["accuracy"] > metrics["sides"]["unknown"]["accuracy"]


def test_audit_finds_no_leak_and_reports_the_side_label(places, capsys):
    result = run_audit(str(places / "run"), str(places / "rows.csv"), rows="all", quiet=True)
    out = capsys.readouterr().out
    assert result.verdict == "label not read"
    assert "side label, fed on purpose: NO LEAK FOUND: turn" in out
    run_audit(str(places / "run"), str(places / "rows.csv"), as_json=True)
    side = json.loads(capsys.readouterr().out)["sides"][0]
    assert side["accuracy"]["true"] > side["accuracy"]["unknown"]


@pytest.mark.parametrize(
    ("sides", "error", "message"),
    [
        (("same",), SideLeakError, "'same' is the target under another name 'ill'"),
        (("ill",), DataError, "both a side label and the target"),
        (("trun",), DataError, "no column 'trun'. Did you mean 'turn'"),
    ],
)
def test_what_is_refused_before_training(places, sides, error, message, monkeypatch):
    monkeypatch.setattr("labelfeed.runs.fitting.build_model", lambda *a: pytest.fail("too late"))
    reading = {"target": "ill", "sides": sides, "features": "x"}
    with pytest.raises(error, match=message):
        run_train(str(places / "rows.csv"), str(places / "other"), reading=reading,
                  options=TrainingOptions(**QUICK), quiet=True)  # fmt: skip
