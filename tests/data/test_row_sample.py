"""A sample of files that are read once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from labelfeed.data import row_sample
from labelfeed.data.dataset import DataError
from labelfeed.data.row_sample import sample_of_files


@pytest.fixture
def file(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.setattr(row_sample, "CHUNK", 64)
    rows = pd.DataFrame({"x": np.arange(1000) / 7, "y": ["a", "b"] * 500, "w": np.ones(1000)})
    rows.loc[[500, 900], "y"] = "seldom"
    rows.to_parquet(tmp_path / "rows.parquet")
    return tmp_path / "rows.parquet"


def test_the_sample_is_even_over_the_file_and_holds_what_is_rare(file: Path) -> None:
    table, sides, rows = sample_of_files((file,), 0, 100, None, {"target": "y", "weights": ["w"]})
    assert rows == 1000 and 100 <= len(table.frame) <= 110 and sides.columns == ("x",)
    assert {501, 901} <= set(table.row_numbers.tolist())
    assert 400 < table.row_numbers.mean() < 600
    assert np.allclose(table.frame["x"], (table.row_numbers - 1) / 7)


def test_the_rows_are_told_while_they_are_read(file: Path) -> None:
    told: list[int] = []
    sample_of_files((file,), 0, None, told.append, {"target": "y"})
    assert told[0] == 64 and told[-1] == 1000
    with pytest.raises(DataError, match="name the target column"):
        sample_of_files((file,), 0, None, None, {})
