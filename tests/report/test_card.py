"""The model card."""

from __future__ import annotations

from labelfeed.records.stored import read_stored
from labelfeed.report.card import card_text, write_card
from tests._stored import COLOURS, held_out, write_run


def test_the_card_says_all_that_the_run_knows(tmp_path) -> None:
    path = write_card(write_run(tmp_path / "run", held_out()))
    text = path.read_text()
    assert path.name == "card.md" and text.startswith("# Model card: run")
    for part in (
        "rows: 300 trained on, 80 held out", "'yes' (9), empty as unknown (2)",
        "1 number, 1 category: age, sex", "| nothing known", "| 50% of the labels known",
        "**By site**", "shown to the network on purpose", "--known",
        "labelfeed train 'my rows.csv'",
        "fever (50.0% yes)", "AUC of each label",
    ):  # fmt: skip
        assert part in text, part
    assert "\\<cough>" in text and "\\<south>" in text and "a \\<note>" in text
    assert " <" not in text


def test_a_run_without_scores_has_a_card_too(tmp_path) -> None:
    text = card_text(read_stored(write_run(tmp_path / "run", None)))
    assert "None yet" in text and "not scored yet" in text and "were not kept" in text


def test_few_rows_of_a_class_are_told(tmp_path) -> None:
    run = read_stored(write_run(tmp_path / "run", held_out(COLOURS, n=40), COLOURS))
    text = card_text(run)
    assert "Few held-out rows (fewer than 30) of: red (" in text
