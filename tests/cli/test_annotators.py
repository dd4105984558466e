"""`labelfeed train --annotators` as its user meets it."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from labelfeed.cli.evaluate import run_evaluate
from labelfeed.cli.train import run_train
from labelfeed.options import TrainingOptions
from labelfeed.runs.folder import load_run
from labelfeed.runs.rows import load_rows
from tests.noise._rows import planted

pytestmark = pytest.mark.only_backend("torch")  # the model is that of any run
OPTIONS = TrainingOptions(plain="logistic")


@pytest.fixture(scope="module")
def table():
    x, true, _ = planted(200)
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(x, columns=["a", "b", "c"])
    for name, rate in (("ann", 0.1), ("bob", 0.35), ("cleo", 0.35)):
        wrong = rng.random(200) < rate
        frame[name] = np.array(["p", "q", "r"])[np.where(wrong, (true + 1) % 3, true)]
    frame["dora"] = "p"
    return frame, np.array(["p", "q", "r"])[true]


def test_from_annotators_to_scores(table, tmp_path, capsys) -> None:
    frame, true = table
    path, out = tmp_path / "readers.csv", tmp_path / "run"
    frame.to_csv(path, index=False)
    reading, names = {"target": "kind"}, ("ann", "bob", "cleo", "dora")
    run_train(str(path), str(out), reading=reading, annotators=names, options=OPTIONS)
    said = capsys.readouterr()
    rates = re.search(r"wrong: ann (\d+)%, bob (\d+)%, cleo (\d+)%; trained", said.err)
    assert rates is not None and "'dora' always says the same: left out" in said.err
    np.testing.assert_allclose([int(rate) for rate in rates.groups()], [10, 35, 35], atol=9)
    assert said.err.index("judge labels 6/6") < said.err.index("train 1/1")
    run = load_run(out)
    assert run.data["annotators"] == ["ann", "bob", "cleo"]
    assert [column.name for column in run.preprocessor.columns] == ["a", "b", "c"]
    rows = load_rows(run, path, read_labels=False)
    assert (rows.labels == -1).all()
    right = np.array(run.spec.names)[run.predict(rows.features).argmax(axis=1)] == true
    assert right.mean() > 0.95
    scores = run_evaluate(str(out), str(path))
    assert scores["nothing_known"] == run.metrics["nothing_known"]
    assert "'kind' is what ann, bob, cleo agree on" in capsys.readouterr().err
    assert run.metrics["nothing_known"]["accuracy"] > 0.7

    shuffled = np.random.default_rng(0).permutation(true)
    frame.assign(kind=shuffled).to_csv(path, index=False)
    blind = run_train(
        str(path), str(out), reading=reading, annotators=names[:3], options=OPTIONS,
        overwrite=True, quiet=True,
    )  # fmt: skip
    right = np.array(run.spec.names)[blind.predict(rows.features).argmax(axis=1)] == true
    assert right.mean() > 0.95, "training does not read what scores"
    assert blind.metrics["nothing_known"]["accuracy"] < 0.6
