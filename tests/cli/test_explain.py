"""`labelfeed predict --explain`."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labelfeed.cli.explain import check_explain, explanation_table
from labelfeed.cli.predict import known_labels, run_predict
from labelfeed.data.dataset import DataError
from labelfeed.labels.spec import LabelSpec
from labelfeed.runs.explain import explain_known
from labelfeed.runs.folder import load_run
from labelfeed.runs.rows import load_rows


def test_each_known_label_is_explained_for_each_unknown_one(runs, tmp_path) -> None:
    out, explain = tmp_path / "p.csv", tmp_path / "e.csv"
    known = ["class=ill,fever"]
    run_predict(
        str(runs.mixed), str(runs.rows), str(out), known=known, explain=str(explain), quiet=True
    )
    predicted, got = pd.read_csv(out), pd.read_csv(explain)
    assert list(got) == ["id", "label", "nothing_known", "all_known", "known", "alone", "without"]
    no_fever = predicted["fever_source"] == "predicted"
    # cough by class, and by fever where that is known; fever by class where it is not.
    assert len(got) == len(predicted) + (~no_fever).sum() + no_fever.sum()
    assert set(got["known"]) == {"class=ill", "fever=yes", "fever=no"}
    cough = got[got["label"] == "cough"].drop_duplicates("id").set_index("id")["all_known"]
    np.testing.assert_allclose(cough[predicted["id"]], predicted["p_cough"], atol=1e-5)
    assert not np.allclose(got["nothing_known"], got["all_known"])


def test_a_line_says_what_one_row_says(runs) -> None:
    run = load_run(runs.mixed)
    rows = load_rows(run, runs.rows).take([7])
    known = known_labels(rows, run.spec, [], {"cough": "1", "fever": "no"})
    table = explanation_table(run, rows, known, "id")
    one = explain_known(run, rows.features, known[0], "class")
    assert table["label"].tolist() == [one.target] * 2
    assert table["known"].tolist() == ["cough=1", "fever=no"]
    assert table["alone"].tolist() == pytest.approx([one.alone["cough"], one.alone["fever"]])
    assert table["without"].tolist() == pytest.approx([one.without["cough"], one.without["fever"]])


def test_what_cannot_be_explained_is_refused(runs, tmp_path) -> None:
    several = LabelSpec.multi(["a", "b"])
    for arguments, message in (
        (("e.csv", ["a"], "p.csv", LabelSpec.single(2)), "runs of several labels"),
        (("e.csv", ["0"], "p.csv", LabelSpec.multi(1)), "runs of several labels"),
        (("e.csv", [], "p.csv", several), "name some with --known"),
        (("p.csv", ["a"], "p.csv", several), "another file than --out"),
    ):
        with pytest.raises(DataError, match=message):
            check_explain(*arguments)
    run = load_run(runs.mixed)
    rows = load_rows(run, runs.rows)
    all_known = np.tile(run.spec.encode([{"class": "ill", "cough": 1, "fever": 0}]), (90, 1))
    assert explanation_table(run, rows, all_known).empty
