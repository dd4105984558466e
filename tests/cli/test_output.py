from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from labelfeed.cli.output import check_out, try_out, write_parts, write_table, writing
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


@pytest.mark.parametrize("name", ["rows.csv", "rows.parquet"])
def test_a_table_that_is_not_finished_leaves_the_earlier_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    earlier = pd.DataFrame({"row": [1]})
    write_table(earlier, tmp_path / name)

    def fail(frame: pd.DataFrame, path: Path, **options: object) -> None:
        path.write_text("half")
        raise OSError("disk full")

    monkeypatch.setattr("labelfeed.cli.output.write_csv", fail)
    monkeypatch.setattr(pd.DataFrame, "to_parquet", fail)
    with pytest.raises(DataError, match="disk full"):
        write_table(pd.DataFrame({"row": [1, 2]}), tmp_path / name)
    read = pd.read_csv if name.endswith("csv") else pd.read_parquet
    pd.testing.assert_frame_equal(read(tmp_path / name), earlier)
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_arrays_keep_their_name(tmp_path: Path) -> None:
    with writing(tmp_path / "a.npz") as draft:
        np.savez(draft, x=np.ones(2))
    assert [p.name for p in tmp_path.iterdir()] == ["a.npz"]


def test_a_place_is_tried_and_what_a_kill_left_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "file" / "t.csv", tmp_path / f"{'x' * 300}.csv"):
        with pytest.raises(DataError, match="cannot be written"):
            check_out(path, "data.csv", overwrite=False)
    (tmp_path / ".labelfeed-draft-12345678-t.csv").write_text("half")
    try_out(tmp_path / "other.csv")
    try_out(tmp_path / "t.csv", quiet=True)
    assert capsys.readouterr().err == ""
    try_out(tmp_path / "t.csv")
    said = capsys.readouterr().err
    assert "draft-12345678-t.csv is half written" in said and "remove it (rm -r " in said
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("name", ["rows.csv", "rows.parquet"])
def test_parts_of_a_table_are_written_below_one_another(tmp_path: Path, name: str) -> None:
    frame = pd.DataFrame({"row": [1, 2, 3], "p": [0.5, 0.25, 1 / 3], "is": ["a", "b,", "c"]})
    assert write_parts(iter([frame[:2], frame[2:]]), tmp_path / name) == 3
    read = pd.read_csv if name.endswith("csv") else pd.read_parquet
    pd.testing.assert_frame_equal(read(tmp_path / name), frame)


def test_no_part_is_left_of_a_table_that_ends_in_an_error(tmp_path: Path) -> None:
    def parts():
        yield pd.DataFrame({"row": [1]})
        raise DataError("broken")

    with pytest.raises(DataError, match="broken"):
        write_parts(parts(), tmp_path / "rows.csv")
    assert not list(tmp_path.iterdir())
