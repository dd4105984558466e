"""Row groups of Parquet files as arrays, their cells checked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.data.row_groups import ParquetGroups, picked_rows, row_bytes, rows_together
from labelfeed.labels.errors import CellError, LabelError
from labelfeed.labels.spec import LabelSpec

ILL = LabelSpec.single(["no", "yes"], name="ill")
SITE = LabelSpec.single(["a", "b"], name="site")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = pd.DataFrame(
        {
            "x": np.arange(7.0),
            "flag": np.arange(7) > 3,
            "ill": ["no", "yes", None, "no", "yes", "no", "no"],
            "site": list("abababa"),
            "w": np.arange(7),
        }
    )
    rows[:4].to_parquet(tmp_path / "a.parquet", row_group_size=3)
    rows[4:].to_parquet(tmp_path / "b.parquet")  # with its index
    return tmp_path


def test_groups_hold_features_labels_side_labels_and_weights(folder: Path) -> None:
    groups = ParquetGroups(folder, ILL, sides=[SITE], weight="w")
    assert groups.sizes == (3, 1, 3) and groups.features == ("x", "flag")
    x, y, weight = groups.read(0)
    assert x["features"].tolist() == [[0, 0], [1, 0], [2, 0]] and y.tolist() == [0, 1, -1]
    assert x[SITE.input_name].tolist() == [0, 1, 0] and weight.tolist() == [0, 1, 2]


def test_several_labels_are_columns(folder: Path) -> None:
    spec = LabelSpec.multi(["flag", "ill"])
    groups = ParquetGroups(folder, spec, features=["w", "x"])
    x, y = groups.read(2)
    assert x.tolist() == [[4, 4], [5, 5], [6, 6]] and y.tolist() == [[1, 1], [1, 0], [1, 0]]


def test_a_bad_cell_is_named_by_file_row_and_column(folder: Path) -> None:
    rows = pd.read_parquet(folder / "a.parquet")
    rows.loc[3, "x"] = np.nan
    rows.loc[3, "ill"] = "maybe"
    rows.to_parquet(folder / "a.parquet", row_group_size=2)
    with pytest.raises(DataError, match=r"a\.parquet: row 4, column 'x': got nan"):
        ParquetGroups(folder, ILL, drop=["site"]).read(1)
    with pytest.raises(LabelError, match=r"a\.parquet: Row 4, column 'ill': got 'maybe'"):
        ParquetGroups(folder, ILL, drop=["site"], allow_nan=True).read(1)


def test_what_cannot_be_read_is_refused_before_any_row(folder: Path) -> None:
    with pytest.raises(DataError, match=r"the feature 'site' holds .*string, no numbers"):
        ParquetGroups(folder, ILL)
    with pytest.raises(DataError, match=r"no column 'il'.* Did you mean 'ill'"):
        ParquetGroups(folder, LabelSpec.single(2, name="il"), drop=["site", "ill"])
    (folder / "c.parquet").write_bytes(b"PAR1nothing")
    with pytest.raises(DataError, match="cannot be read as Parquet"):
        ParquetGroups(folder, ILL, drop=["site"])
    pd.DataFrame({"x": [1.0]}).to_parquet(folder / "c.parquet")
    with pytest.raises(DataError, match=r"c\.parquet: its columns are not those of"):
        ParquetGroups(folder, ILL, drop=["site"])


def test_a_negative_weight_is_refused(folder: Path) -> None:
    rows = pd.read_parquet(folder / "b.parquet")
    rows.assign(w=-1).to_parquet(folder / "b.parquet")
    with pytest.raises(CellError, match="a finite weight, 0 or more"):
        ParquetGroups(folder, ILL, weight="w", drop=["site"]).read(2)


def test_groups_are_joined_and_taken(folder: Path) -> None:
    groups = ParquetGroups(folder, ILL, sides=[SITE])
    whole = rows_together((groups.read(k) for k in range(3)), 7)
    x, y = picked_rows(whole, np.array([6, 0]))
    assert x["features"][:, 0].tolist() == [6, 0] and y.tolist() == [0, 0]
    assert row_bytes((x, y)) == (3 + 1 + 1) * 4
