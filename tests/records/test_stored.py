"""A run as its files tell of it."""

from __future__ import annotations

import pytest

from labelfeed.records.held_out import HELD_OUT
from labelfeed.records.stored import read_stored, said_spellings
from tests._stored import FINDINGS, held_out, write_run


def test_a_folder_is_read_without_its_network(tmp_path) -> None:
    run = read_stored(write_run(tmp_path / "run", held_out()))
    assert run.spec == FINDINGS and run.name == "run" and run.strategy == "plain"
    assert len(run.held_out.labels) == 80 and len(run.log) == 2 and run.notes == ["a <note>"]
    assert run.command.startswith("labelfeed train") and run.training["train_rows"] == 300


def test_an_older_run_has_no_predictions(tmp_path) -> None:
    run = read_stored(write_run(tmp_path / "run", None, command=None, notes="none"))
    assert run.held_out is None and run.command == "" and run.notes == []


def test_broken_files_are_named(tmp_path) -> None:
    folder = write_run(tmp_path / "run", held_out())
    (folder / HELD_OUT).write_bytes(b"x")
    with pytest.raises(ValueError, match=HELD_OUT):
        read_stored(folder)
    (folder / "run.json").write_text("{")
    with pytest.raises(ValueError, match=r"run\.json is broken"):
        read_stored(folder)


def test_spellings_are_said_the_most_frequent_first() -> None:
    cells = {"1": ["yes", "1", 5], "": ["unknown", "", 9], "-1": ["uncertain", "0.6", 2]}
    found = said_spellings({"spellings": {"label": {"ill": cells}}})["ill"]
    assert found == "empty as unknown (9), '1' as yes (5), '-1' as uncertain 0.6 (2)"
    assert said_spellings({"spellings": {"label": {"ill": cells}}}, 1)["ill"].endswith("2 more")
    assert said_spellings({"spellings": None}) == {}
