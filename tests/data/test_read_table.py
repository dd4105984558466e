"""Several files as one table: their columns, and where an error stands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.data.loading import fingerprint, load_data
from labelfeed.data.read_table import ReadTable, read_table
from labelfeed.labels.errors import LabelError
from labelfeed.labels.spec import LabelSpec


@pytest.fixture
def parts(tmp_path: Path) -> list[Path]:
    (tmp_path / "a.csv").write_text("x,y\n1.5,no\n2.5,yes\n")
    (tmp_path / "b.csv").write_text("y,x\nno,3.5\nyes,4.5\nno,5.5\n")
    return [tmp_path / "a.csv", tmp_path / "b.csv"]


def test_several_files_are_one_table_counted_through(parts: list[Path]) -> None:
    data = load_data(parts, target="y")
    assert data.features["x"].astype(float).tolist() == [1.5, 2.5, 3.5, 4.5, 5.5]
    assert data.row_ids.tolist() == [1, 2, 3, 4, 5] and data.source.endswith("a.csv and 1 more")
    assert data.fingerprint == fingerprint(parts) != fingerprint(parts[::-1])


def test_other_columns_or_kinds_of_cells_are_refused(parts: list[Path]) -> None:
    parts[1].write_text("y,xx\nno,3.5\n")
    with pytest.raises(DataError, match=r"b\.csv: its columns are not .* lacks 'x' and has 'xx'"):
        load_data(parts, target="y")
    parts[1].write_text("x;y\n3,5;no\n")
    with pytest.raises(DataError, match="';' separates its cells"):
        load_data(parts, target="y")
    for file, cells in zip(("a", "b"), ([1, 2], ["1", "2"]), strict=True):
        pd.DataFrame({"x": cells, "y": [0, 1]}).to_parquet(parts[0].with_name(f"{file}.parquet"))
    with pytest.raises(DataError, match="'x' holds text here and numbers in"):
        load_data(parts[0].with_name("*.parquet"), target="y")


def test_an_error_names_the_file_and_its_row(parts: list[Path]) -> None:
    spec = LabelSpec.single(["no", "yes"], name="y")
    parts[1].write_text("x,y\n3.5,no\n4.5,perhaps\n")
    with pytest.raises(LabelError, match=r"b\.csv: .*[Rr]ow 2, .*'y'") as raised:
        load_data(parts, spec=spec)
    assert raised.value.row == 2 and raised.value.value == "perhaps"


def test_rows_of_a_sample_know_their_numbers(parts: list[Path]) -> None:
    whole = read_table(parts)
    some = ReadTable(whole.frame.iloc[[1, 4]], whole.files, numbers=np.array([2, 5]))
    assert some.place(1) == (parts[0], 2) and some.place(2) == (parts[1], 3)
    assert load_data(some, target="y").row_ids.tolist() == [2, 5]
