from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from labelfeed.cli.output import check_out, write_table
from labelfeed.data.dataset import DataError


@pytest.mark.parametrize("name", ["rows.csv", "rows.parquet"])
def test_tables_are_written_where_asked(tmp_path: Path, name: str) -> None:
    frame = pd.DataFrame({"row": [1, 2], "p": [0.5, 0.25]})
    write_table(frame, tmp_path / "deep" / name)
    read = pd.read_csv if name.endswith("csv") else pd.read_parquet
    pd.testing.assert_frame_equal(read(tmp_path / "deep" / name), frame)


def test_what_cannot_be_written_is_refused_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "there.csv").write_text("x")
    (tmp_path / "folder.csv").mkdir()
    for path, message in {
        "rows.txt": r"must end in \.csv or \.parquet",
        "there.csv": "is there already",
        "folder.csv": "is a folder",
    }.items():
        with pytest.raises(DataError, match=message):
            check_out(tmp_path / path, "data.csv", overwrite=False)
    with pytest.raises(DataError, match="is the data file itself"):
        check_out(tmp_path / "there.csv", str(tmp_path / "there.csv"), overwrite=True)
    check_out(tmp_path / "there.csv", "data.csv", overwrite=True)
    check_out(tmp_path / "rows.npz", "data.csv", False, (".csv", ".npz"))
