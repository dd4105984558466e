"""The page of a run."""

from __future__ import annotations

import numpy as np
from scipy import stats

from labelfeed.audit.information_curve import information_curve
from labelfeed.metrics.information import FED, NOT_FED
from labelfeed.report.run_page import curve_table, write_run_page

Y = np.random.default_rng(0).integers(0, 2, (60, 3)).astype(np.int32)
Y[:45, 1] = Y[:45, 0]
SCORES = {"labels": 9, "accuracy": 0.5, "balanced_accuracy": None, "macro_auc": 0.75,
          "log_loss": 0.25, "auc": {"fever": 0.75}, "skipped": []}  # fmt: skip


def copies(x: object, known: np.ndarray) -> np.ndarray:
    p = np.full(known.shape, 0.5)
    p[:, 0] = np.where(known[:, 1] >= 0, 0.1 + 0.8 * known[:, 1], 0.5)
    return p


CURVES = {
    FED: information_curve(copies, None, Y),
    NOT_FED: information_curve(lambda x, known: np.full(known.shape, 0.5), None, Y),
}


def test_the_curve_has_a_row_for_each_share_and_its_gain() -> None:
    made = curve_table(CURVES[FED], CURVES[NOT_FED])
    assert [row[0] for row in made.rows] == ["0%", "25%", "50%", "75%", "all but one"]
    assert made.rows[0][1:3] == (".500", ".500") and made.rows[0][-1] == ".000"
    values = np.array([row[2] for row in CURVES[FED].values["macro_auc"]])
    half = stats.sem(values) * stats.t.ppf(0.975, 4)
    mean = f"{values.mean():.3f}".lstrip("0")
    assert made.rows[2][1] == f"{mean} ± {half:.3f}".replace("± 0.", "± .")
    assert "each of 5 seeds" in made.note


def test_what_cannot_be_computed_is_a_dash() -> None:
    alike = information_curve(copies, None, np.ones((20, 3), int))
    made = curve_table(alike, alike)
    assert made.rows[2][1] == made.rows[2][-1] == "-" and made.rows[2][4] != "-"


def test_the_page_holds_curve_and_chart_where_there_are_some(tmp_path) -> None:
    path = tmp_path / "page.html"
    write_run_page(path, "labels", "rows.csv: 9 rows", {"nothing_known": SCORES}, CURVES)
    text = path.read_text()
    assert "Scores of &#x27;labels&#x27;" in text and "rows.csv: 9 rows." in text
    assert text.count("<table") == 3 and text.count("data:image/png;base64,") == 1
    write_run_page(path, "labels", "rows.csv: 9 rows", {"nothing_known": SCORES}, {})
    text = path.read_text()
    assert text.count("<table") == 2 and "data:image/png" not in text
