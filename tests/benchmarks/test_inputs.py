"""The benchmark of inputs: its kinds are counted, and told in a table."""

from __future__ import annotations

import json

import keras
import pytest

from benchmarks import inputs

pytestmark = pytest.mark.only_backend("torch")


def test_one_kind_is_counted_and_printed(monkeypatch, capsys) -> None:
    assert keras.backend.backend() == "torch"
    bounds: list[int] = []
    monkeypatch.setattr(inputs, "bounded_memory", bounds.append)
    inputs.main(["--one", "labels", "--tries", "30"])
    found = json.loads(capsys.readouterr().out)
    assert bounds == [4000] and found["right"] + found["refused"] == 30
    assert inputs._row(found)[:2] == ["labels", 30]


def test_the_table_and_each_fault_are_printed(monkeypatch, capsys) -> None:
    asked = []

    def process(backend: str, *given: object) -> dict[str, object]:
        asked.append((backend, given[2:5]))
        tally = inputs.Tally(str(given[2]), (), right=3, wrong=1, faults=["7: a cell: wrong: 1"])
        return {**vars(tally)}

    monkeypatch.setattr(inputs, "in_process", process)
    inputs.main(["--kinds", "files", "kills", "--tries", "1000", "--backend", "jax"])
    assert asked == [("jax", ("files", "--tries", 75)), ("torch", ("kills", "--tries", 3))]
    out = capsys.readouterr().out
    assert "| files | 4     | 3     | 0           | 1     |" in out
    assert "FAULT files 7: a cell: wrong: 1" in out
