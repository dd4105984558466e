"""What a stored run is, in words and tables."""

from __future__ import annotations

import dataclasses

import numpy as np

from labelfeed.metrics.bootstrap import FEWEST_ROWS
from labelfeed.records.stored import read_stored
from labelfeed.report.summaries import (
    by_tables,
    data_words,
    headline,
    interval_table,
    limits_of,
    points_of,
    version_words,
)
from tests._stored import held_out, write_run


def test_the_headline_has_score_interval_and_rows(tmp_path) -> None:
    run = read_stored(write_run(tmp_path / "run", held_out()))
    auc = run.metrics["nothing_known"]["macro_auc"]
    assert headline(run).startswith(f"2 labels (plain): macro-AUC {auc:.3f} [")
    assert headline(run).endswith("on 80 held-out rows, nothing known")
    sided = dataclasses.replace(run.held_out, sided=run.held_out.blind)
    assert headline(dataclasses.replace(run, held_out=sided)).endswith("side labels known")


def test_too_few_rows_have_scores_without_intervals(tmp_path) -> None:
    run = read_stored(write_run(tmp_path / "run", held_out(n=FEWEST_ROWS - 10)))
    table = interval_table(run)
    assert "no interval" in table.note and "[" not in "".join(table.rows[0])


def test_what_is_known_names_the_scored_labels() -> None:
    held = held_out()
    points = points_of(held, 0.5)
    assert list(points) == ["nothing known", "50% of the labels known"]
    assert (points["50% of the labels known"][0] == -1).sum() == (held.shown != -1).sum()


def test_tables_and_words(tmp_path) -> None:
    run = read_stored(write_run(tmp_path / "run", held_out(), group="person"))
    (table,) = by_tables(run.metrics)
    assert table.columns[0] == "site" and {row[0] for row in table.rows} == {"north", "<south>"}
    assert "person" in data_words(run)["groups"]
    assert version_words({"keras": "3", "backend": "jax"}) == "keras 3"
    grouped = dataclasses.replace(run.held_out, groups=np.zeros(80, int))
    limits = " ".join(limits_of(dataclasses.replace(run, held_out=grouped)))
    assert "No groups" not in limits and "on purpose" in limits
    bare = dataclasses.replace(run, metrics={"training": {"interrupted": True}}, held_out=None)
    assert "interrupted" in limits_of(bare)[0] and "by subgroup" in " ".join(limits_of(bare))
