"""Groups from the command line: split, recorded, and found again in a file of another day."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from labelfeed.cli.audit import run_audit
from labelfeed.cli.evaluate import run_evaluate
from labelfeed.cli.train import run_train
from labelfeed.data.dataset import DataError
from labelfeed.options import TrainingOptions
from labelfeed.runs.folder import load_run
from labelfeed.runs.rows import load_rows


def patients(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    ill = rng.integers(0, 2, 120)
    x = rng.normal(size=(120, 3)) + ill[:, None]
    frame = pd.DataFrame(x, columns=list("abc"))
    return frame.assign(who=[f"p{seed}-{i // 3}" for i in range(120)], ill=ill)


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    folder = tmp_path_factory.mktemp("groups")
    patients(0).to_csv(folder / "rows.csv", index=False)
    run_train(str(folder / "rows.csv"), str(folder / "run"), quiet=True,
              reading={"target": "ill", "group": "who", "features": "x"},
              options=TrainingOptions(epochs=2, width=8))  # fmt: skip
    return folder


def test_groups_are_recorded_no_feature_and_whole(places):
    run = load_run(places / "run")
    assert run.data["group"] == "who"
    assert [c.name for c in run.preprocessor.columns] == ["a", "b", "c"]
    who = patients(0)["who"].to_numpy()
    test = set(who[run.split["test"]])
    assert len(run.split["test"]) == 3 * len(test) and len(run.seen.groups) == 40 - len(test)
    assert run.seen.rows.size == 120 - len(run.split["test"])


def test_held_out_rows_are_clean_and_those_of_another_day_are_told(places, capsys):
    clean = run_evaluate(str(places / "run"), str(places / "rows.csv"))
    assert "trained_on" not in clean and capsys.readouterr().err == ""
    run = load_run(places / "run")
    used = np.setdiff1d(np.arange(120), run.split["test"])
    later = patients(1)
    later.loc[:3] = patients(0).iloc[used[:4]].to_numpy()  # the very rows
    later.loc[9, "who"] = patients(0)["who"][used[-1]]  # one more picture of that patient
    later = later.rename(columns={"who": "patient"})
    later.to_csv(places / "later.csv", index=False)
    rows = {"group": "patient"}
    scores = run_evaluate(str(places / "run"), str(places / "later.csv"), **rows)
    assert scores["trained_on"]["rows"] == 4 and scores["trained_on"]["group_rows"] == 5
    told = capsys.readouterr().err
    assert "groups by 'patient' with rows in training too: 3 (p0-" in told
    assert "4 of 120 rows equal a training row in all features" in told
    result = run_audit(str(places / "run"), str(places / "later.csv"), as_json=True, **rows)
    assert (result.verdict, result.leaks) == ("data leak", True)
    found = json.loads(capsys.readouterr().out)
    assert [w["kind"] for w in found["warnings"]] == ["shared groups", "shared rows"]
    # Without its column the rows are met again all the same.
    assert run_evaluate(str(places / "run"), str(places / "later.csv"))["trained_on"]["rows"] == 4
    assert run_audit(str(places / "run"), str(places / "rows.csv"), rows="all").leaks is False
    with pytest.raises(DataError, match="there is no column of groups 'whom'"):
        load_rows(run, places / "later.csv", group="whom")
