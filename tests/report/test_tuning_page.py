from __future__ import annotations

from labelfeed.report.tables import table_text
from labelfeed.report.tuning_page import best_table, write_tuning_page
from labelfeed.tuning.decision import choose_trial
from labelfeed.tuning.summary import tuned_of
from tests.tuning._studies import FOLDS, SPACE, good_dropout, made

ABOUT = {"strategy": "partial-labels", "given": {}, "metric": "macro_auc"}


def study(trials=20):
    found = made(trials=trials)
    return tuned_of(found, choose_trial(found, good_dropout, FOLDS), SPACE, ABOUT, FOLDS, 80)


def test_the_page_has_verdict_history_importance_settings_and_command(tmp_path):
    found = study()
    write_tuning_page(tmp_path / "report.html", found, "labelfeed tune rows.csv")
    page = (tmp_path / "report.html").read_text()
    assert found.verdict.split(":")[0] in page and page.count("<img") == 2
    assert "0, 25, 50 and 75 %" in page and "0 to 0.6" in page and "boosting.leaves" in page
    assert "Command: labelfeed tune rows.csv" in page and "optuna " in page
    assert "http" not in page.replace("http-equiv", "")


def test_the_best_trials_stand_first_and_the_defaults_are_always_there():
    found = study()
    table = best_table(found)
    scores = [float(row[1]) for row in table.rows]
    assert scores == sorted(scores, reverse=True) and len(scores) <= 9
    assert table.rows[-1][0] == "the defaults" and table.emphasis == (0,)
    assert "--dropout" in table_text(table)


def test_a_study_of_the_defaults_alone_has_a_page(tmp_path):
    write_tuning_page(tmp_path / "report.html", study(1))
    page = (tmp_path / "report.html").read_text()
    assert "keep the defaults" in page and page.count("<img") == 1
