"""The benchmark of loading: its tables hold what they say, and all parts are measured."""

from __future__ import annotations

import json
from pathlib import Path

import keras
import pytest

from benchmarks import loading
from labelfeed.data.preprocessing import Preprocessor
from labelfeed.data.table import load_table


@pytest.mark.parametrize("kind", loading.KINDS)
def test_tables_hold_what_they_say(tmp_path: Path, kind: str) -> None:
    file = tmp_path / ("rows.parquet" if kind == "parquet" else "rows.csv")
    loading.write_rows(file, kind, 300)
    data = load_table(file, target="class")
    assert data.features.shape == loading._pandas(file).drop(columns="class").shape == (300, 19)
    outputs = Preprocessor.fit(data.features).outputs
    assert sum(name.endswith(" missing") for name in outputs) == (19 if kind == "gaps" else 0)
    assert ("x5=red" in outputs) == (kind == "words")
    assert any("decimal commas" in note for note in data.notes) == (kind == "commas")


def test_times_and_memory_of_both_readers(tmp_path: Path, capsys) -> None:
    file = tmp_path / "rows.csv"
    loading.write_rows(file, "words", 300)
    found = {}
    for what in ("times", "memory", "memory-pandas"):
        loading.main(["--one", what, str(file), "--repeats", "1"])
        found |= json.loads(capsys.readouterr().out)
    assert min(found[key] for key in ("ours", "pandas", "floor", "prepare")) > 0
    assert found["ratio"] == pytest.approx(found["ours"] / found["pandas"])
    assert min(found["ours_mb"], found["pandas_mb"]) >= 0


@pytest.mark.only_backend("torch")  # the other backends spend seconds on compiling
def test_rate_of_prediction(tmp_path: Path) -> None:
    assert keras.backend.backend() == "torch"
    loading.write_rows(tmp_path / "rows.csv", "gaps", 300)
    found = loading._prediction(tmp_path / "rows.csv", 1)
    assert found["rows_per_s"] == pytest.approx(300 / found["predict"])
