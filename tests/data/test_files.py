"""One file, several, a pattern, a folder of tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from labelfeed.data.dataset import DataError
from labelfeed.data.files import data_files, format_of, of_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.csv", "a.csv", "deep/c.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x,y\n1,0\n")
    return tmp_path


def test_a_pattern_and_a_folder_name_tables_in_order(folder: Path) -> None:
    assert [f.name for f in data_files(folder / "*.csv")] == ["a.csv", "b.csv"]
    assert [f.name for f in data_files(str(folder))] == ["a.csv", "b.csv", "c.csv"]
    assert data_files(folder / "a.csv") == (folder / "a.csv",)
    assert of_files(data_files(folder)) == f"{folder / 'a.csv'} and 2 more"


def test_a_folder_with_a_picture_stays_a_folder(folder: Path) -> None:
    (folder / "one.png").write_bytes(b"")
    assert data_files(folder) == (folder,)


def test_what_is_no_table_or_of_another_format_is_refused(folder: Path) -> None:
    with pytest.raises(DataError, match="several files must be of one format"):
        data_files([folder / "a.csv", folder / "b.parquet"])
    with pytest.raises(DataError, match=r"each must be a table"):
        data_files([folder / "a.csv", folder / "b.npz"])
    with pytest.raises(DataError, match="named twice"):
        data_files([folder / "a.csv", folder / "a.csv"])
    with pytest.raises(DataError, match="no file matches"):
        data_files(folder / "*.parquet")
    assert format_of(Path("A.CSV.gz")) == "CSV" and format_of(Path("a.npz")) is None
