"""Mutated files: the cells that stand in them, or a clear error; bombs in bounded memory."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from benchmarks import inputs_bombs
from benchmarks.inputs_csv import COLUMNS, base_rows, csv_file, spelt
from benchmarks.inputs_files import file_case, same_cells
from benchmarks.inputs_pictures import picture_case
from benchmarks.inputs_tally import Tally
from labelfeed.data.loading import load_data
from labelfeed.labels.errors import CellError


def tally() -> Tally:
    return Tally("files", (CellError,), limit_s=30, limit_mb=500)


@pytest.mark.filterwarnings("ignore")
def test_files_are_read_as_they_stand_or_refused(tmp_path: Path) -> None:
    found = tally()
    for number in range(1, 71):
        found.take(file_case(5, number, tmp_path))
    assert found.faults == [] and min(found.right, found.refused) > 15


def test_every_bomb_is_refused_or_read_in_bounds(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(inputs_bombs, "_UNPACKED", 20_000_000)
    found = tally()
    for what in inputs_bombs.BOMBS:
        found.take(inputs_bombs.bomb(what, tmp_path))
    assert found.faults == [] and (found.right, found.refused) == (2, 7)


def test_pictures(tmp_path: Path) -> None:
    found = tally()
    for number in range(30):
        found.take(picture_case(np.random.default_rng(number), tmp_path / "pictures"))
    assert found.faults == [] and min(found.right, found.refused) > 5


def test_a_cell_that_differs_is_seen(tmp_path: Path) -> None:
    rows = base_rows(np.random.default_rng(0))
    (tmp_path / "rows.csv").write_text(spelt(rows), "utf-8")
    data = load_data(tmp_path / "rows.csv", target="class")
    assert same_cells(data, COLUMNS, rows)
    moved = [rows[1], rows[0], *rows[2:]]
    assert not same_cells(data, COLUMNS, moved)
    assert not same_cells(data, COLUMNS, rows[:-1])
    wrong = np.where(data.labels == 0, 1, data.labels)
    assert not same_cells(dataclasses.replace(data, labels=wrong), COLUMNS, rows)


def test_mutations_say_what_they_are() -> None:
    made = [csv_file(np.random.default_rng(n)) for n in range(60)]
    kinds = {(m.strict, m.names is None) for m in made}
    assert kinds == {(True, False), (False, True), (False, False)}
    assert made[7] == csv_file(np.random.default_rng(7))
