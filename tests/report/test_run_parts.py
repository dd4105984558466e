"""The part of a page about one run."""

from __future__ import annotations

import dataclasses

from labelfeed.records.stored import read_stored
from labelfeed.report.run_parts import learning_parts, run_parts
from labelfeed.report.tables import Table
from tests._stored import COLOURS, held_out, write_run


def test_everything_about_a_run_is_there_in_order(tmp_path) -> None:
    parts = run_parts(read_stored(write_run(tmp_path / "run", held_out())))
    titles = [part.title for part in parts if isinstance(part, Table)]
    assert titles == [
        "Scores with intervals", "Scores", "By the known share of labels", "AUC of each label",
        "By site", "What cells were read as",
    ]  # fmt: skip
    assert sum(isinstance(part, bytes) for part in parts) == 5  # share, ROC, PR, bins, learning
    words = [part for part in parts if isinstance(part, str)]
    assert words.index("## The data") < words.index("## What to know")
    assert words[-2:] == ["$ labelfeed train 'my rows.csv'", "Versions: labelfeed 0."]


def test_an_older_run_says_what_is_missing(tmp_path) -> None:
    parts = run_parts(read_stored(write_run(tmp_path / "run", None)))
    words = " ".join(part for part in parts if isinstance(part, str))
    assert "not scored" in words and "Train it again" in words


def test_plain_models_have_a_table_instead_of_epochs(tmp_path) -> None:
    run = read_stored(write_run(tmp_path / "run", held_out(COLOURS), COLOURS))
    (table,) = learning_parts(dataclasses.replace(run, log=[{"fitted": 1, "model": "logistic"}]))
    assert table.rows == (("logistic", "0.4000", "1.0"), ("blend", "0.3900", "-"))
    odd = dataclasses.replace(run, log=[{"epoch": 1, "loss": "x"}], metrics={})
    assert learning_parts(odd) == []
