"""The scores of a run as tables."""

from __future__ import annotations

from labelfeed.metrics.probabilities import Scores
from labelfeed.report.score_tables import label_table, main_table, score_table
from labelfeed.report.tables import table_text

SCORES = {"labels": 7, "accuracy": 0.5, "balanced_accuracy": 0.25, "macro_auc": None,
          "log_loss": 1.5, "auc": {"c": 0.75}, "skipped": ["a", "b"]}  # fmt: skip
PARTLY = {
    "nothing_known": SCORES,
    "not_fed": SCORES,
    "partly_known": {**SCORES, "known_share": 0.25, "auc": {"c": 0.8, "a": 0.6}},
}


def test_a_row_for_each_amount_of_knowledge() -> None:
    made = score_table(PARTLY)
    assert made.rows[0] == ("none", "7", "0.500", "0.250", "-", "1.500")
    assert [row[0] for row in made.rows[1:]] == [
        "none (the labels of the next line)",
        "25% (the others are scored)",
    ]
    assert made.note == "No AUC for a, b: only one state among the scored rows."
    assert len(score_table({"nothing_known": SCORES}).rows) == 1
    gap = {"nothing_known": 0.0012, "partly_known": 0.02, "known_share": 0.25}
    told = score_table({**PARTLY, "coherence": gap}).note
    assert "0.0012 with nothing known, 0.0200 with 25% known." in told


def test_what_a_margin_run_tells_of_pairs() -> None:
    pairs = {"rows": 9, "far": 0.01, "tar_at_far": 0.5, "pair_auc": None, "recall_at_1": 0.25}
    note = score_table({"nothing_known": {**SCORES, "skipped": []}, "verification": pairs}).note
    assert note == (
        "Pairs of 9 rows by the cosine of their embeddings: TAR at FAR 1% 0.500, ROC-AUC -; "
        "recall at 1 0.250."
    )


def test_the_area_of_each_label() -> None:
    made = label_table(PARTLY)
    assert made.columns == ("label", "nothing known", "25% known")
    assert made.rows == (("c", "0.750", "0.800"), ("a", "-", "0.600"), ("b", "-", "-"))
    assert label_table({"nothing_known": SCORES}).columns == ("label", "nothing known")


def test_side_labels_have_a_table_of_their_own() -> None:
    assert main_table(PARTLY) == score_table(PARTLY)
    state = {k: SCORES[k] for k in ("labels", "accuracy", "balanced_accuracy", "log_loss")}
    sides = {"rows": 7, "without": 7, "wrong_share": 0.2, "unknown": state, "known": state}
    text = table_text(main_table({**PARTLY, "sides": sides}))
    assert text.startswith("side labels") and "No row has a side label" in text


def test_ordered_classes_and_weights_are_told() -> None:
    ranked = {**SCORES, "rank_error": 0.25, "kappa": 0.75, "skipped": []}
    made = score_table({"nothing_known": ranked, "weighted": True})
    assert made.columns[-2:] == ("rank error", "kappa")
    assert made.rows[0][-2:] == ("0.250", "0.750")
    assert made.note == "Each row or label counts by its weight."
    assert "rank error" not in score_table(PARTLY).columns
    pairs = {"rows": 9, "far": 0.01, "tar_at_far": 0.5, "pair_auc": 0.5, "recall_at_1": 0.25}
    note = score_table({"nothing_known": ranked, "weighted": True, "verification": pairs}).note
    assert note.endswith("by its weight; pairs count once.")


def test_numbers_have_a_line_each():
    one = {"mae": 9.876, "rmse": 12.3, "r2": 0.25, "coverage": 0.91, "rows": 9, "spread": 12.0}
    found = {"nothing_known": {"age": one}, "partly_known": {"age": one | {"mae": 8.0}},
             "not_fed": {"age": one | {"mae": 9.5}}}  # fmt: skip
    blind = Scores(rows=9, labels=9).to_json()
    alone = score_table(
        {"nothing_known": blind, "numbers": {"nothing_known": found["nothing_known"]}}
    )
    first = "age: off by 9.876 on average (RMSE 12.3, R2 0.250), 91% of rows in their 90% interval"
    assert alone.note == f"{first}."
    some = {"nothing_known": blind, "partly_known": blind | {"known_share": 0.5}, "numbers": found}
    assert score_table(some).note == f"{first}; with 50% known 8, the same rows without 9.5."


def test_several_ordered_columns_have_a_line_each():
    def scores(error: float) -> dict:
        of = {"rank_error": error, "median_error": 0.4, "kappa": 0.6}
        return Scores(
            rows=9, labels=18, rank_error=error, ranks={"pain": of, "grade": of}
        ).to_json()

    note = score_table({"nothing_known": scores(0.5)}).note
    assert note.splitlines()[0] == "pain: rank error 0.500, kappa 0.600."
    known = scores(0.25) | {"known_share": 0.5}
    both = score_table({"nothing_known": scores(0.5), "partly_known": known}).note
    assert both.splitlines()[1].endswith("kappa 0.600; with 50% known 0.250, 0.600.")
    one = Scores(rows=9, labels=9, ranks={"pain": scores(0.5)["ranks"]["pain"]}).to_json()
    assert "pain" not in score_table({"nothing_known": one}).note


def test_what_is_rare_has_a_line():
    rare = Scores(rarest=0.02, rarest_of_even=0.04, macro_f1=0.6, average_precision=0.25,
                  calibration_error=0.01)  # fmt: skip
    note = score_table({"nothing_known": rare.to_json()}).note
    expected = "macro-F1 0.600, average precision 0.250, calibration error 0.010"
    assert note == f"Imbalanced, the rarest is 2.0%: {expected}."
    for even in (Scores(rarest=0.3, rarest_of_even=0.6), Scores(rarest=0.08, rarest_of_even=0.8)):
        assert "mbalanced" not in score_table({"nothing_known": even.to_json()}).note
