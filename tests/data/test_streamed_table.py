"""A sample of files, and all their training rows in turn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from labelfeed.data import row_sample, streamed_table
from labelfeed.data.dataset import DataError
from labelfeed.data.loading import load_data
from labelfeed.data.streamed_table import StreamedTable, stream_table, too_large
from labelfeed.labels.errors import CellError, LabelError
from labelfeed.limits import limits


@pytest.fixture
def folder(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.setattr(streamed_table, "CHUNK", 70)
    monkeypatch.setattr(row_sample, "CHUNK", 70)
    rng = np.random.default_rng(0)
    for k in range(3):
        rows = pd.DataFrame({"x": rng.normal(size=200), "who": rng.integers(0, 60, 200)})
        rows["z"] = rng.normal(size=200)
        rows["ill"] = np.where(rows["x"] > 0, "yes", "no").astype(object)
        rows.loc[3, "ill"] = None
        rows.loc[[0], "ill"] = "rare" if k == 2 else "no"
        rows.to_csv(tmp_path / f"{k}.csv", index=False)
    return tmp_path


def _training(table: StreamedTable) -> pd.DataFrame:
    parts = list(table.training(0.2, 0.1, table.sample.spec, ()))
    rows = [part.rows for part in parts]
    frames = [part.features.assign(row=part.row_ids, y=part.labels) for part in rows]
    return pd.concat(frames)


def test_sample_and_training_rows_are_disjoint_and_complete(folder: Path) -> None:
    table = stream_table(folder, target="ill", group="who", seed=3)
    assert table.rows == 600 == len(table.sample)
    rows, split = _training(table), table.split(0.2, 0.1)
    numbers = table.table.row_numbers
    held = np.concatenate([split.test, split.validation])
    assert not set(numbers[held]) & set(rows["row"])
    labelled = int(table.sample.labelled[split.train].sum())
    assert len(rows) == labelled == len(set(rows["row"]))
    of_train, of_held = table.sample.groups[split.train], table.sample.groups[held]
    assert not set(of_train[table.sample.labelled[split.train]]) & set(of_held)


def test_the_sample_is_seeded_and_holds_every_spelling(folder: Path) -> None:
    tables = [stream_table(folder, target="ill", seed=s, sample_rows=50) for s in (0, 0, 1)]
    first, again, other = (t.table.row_numbers.tolist() for t in tables)
    assert first == again != other and 50 <= len(first) < 70 and first == sorted(first)
    for table in tables:
        assert table.sample.spec.names == ("no", "rare", "yes")
        assert table.sample.row_ids.tolist() == table.table.row_numbers.tolist()


def test_where_the_sample_is_all_it_reads_as_the_files_do(folder: Path) -> None:
    table, whole = stream_table(folder, target="ill"), load_data(folder, target="ill")
    assert table.sample.spec == whole.spec and table.sample.fingerprint == whole.fingerprint
    assert np.array_equal(table.sample.labels, whole.labels)
    pd.testing.assert_frame_equal(table.sample.features, whole.features, check_dtype=False)


def test_a_row_that_equals_a_held_out_one_of_another_group_is_left_out(folder: Path) -> None:
    rows = pd.read_csv(folder / "0.csv")
    rows.assign(who=rows["who"] + 1000).to_csv(folder / "3.csv", index=False)
    table = stream_table(folder, target="ill", group="who")
    left_out = sum(part.equal for part in table.training(0.3, 0.0, table.sample.spec, ()))
    held = table.sample.features["x"].iloc[table.split(0.3, 0.0).test]
    assert left_out > 0 and not set(held) & set(_features(table, 0.3)["x"])


def _features(table: StreamedTable, test: float) -> pd.DataFrame:
    parts = table.training(test, 0.0, table.sample.spec, ())
    return pd.concat([part.rows.features for part in parts])


def test_a_bad_label_is_named_by_file_and_row_before_training(folder: Path) -> None:
    table = stream_table(folder, target="ill", sample_rows=50)
    lines = (folder / "1.csv").read_text().splitlines()
    lines[150] = "0.5,3,0.5,maybe"
    (folder / "1.csv").write_text("\n".join(lines) + "\n")
    with pytest.raises(LabelError, match=r"1\.csv: Row 150, .*'maybe'"):
        _training(table)


def test_a_word_among_numbers_is_named_by_file_and_row(folder: Path) -> None:
    from labelfeed.data.preprocessing import Preprocessor

    table = stream_table(folder, target="ill", drop=["who"], sample_rows=50)
    fitted = Preprocessor.fit(table.sample.features)
    lines = (folder / "2.csv").read_text().splitlines()
    lines[190] = "high,3,0.5,no"
    (folder / "2.csv").write_text("\n".join(lines) + "\n")
    with pytest.raises(CellError, match=r"2\.csv: .*row 190, column 'x': got 'high'"):
        for part in table.training(0.0, 0.0, table.sample.spec, ()):
            with part.located():
                fitted.transform(part.rows.features)


def test_what_needs_all_rows_is_refused(folder: Path) -> None:
    with pytest.raises(DataError, match="--training-only needs all rows in the memory"):
        stream_table(folder, target="ill", training_only=["x"])
    with pytest.raises(DataError, match="name the target"):
        stream_table(folder)
    with pytest.raises(DataError, match="no labelled row falls to test"):
        lone = folder / "lone.csv"
        lone.write_text("x,who,ill\n" + "".join(f"{i}.5,p,{i % 2}\n" for i in range(9)))
        stream_table(lone, target="ill", group="who").split(0.01, 0.0)


def test_what_is_too_large_is_told_by_what_may_be_read(folder: Path) -> None:
    assert too_large(folder) is None and too_large(folder / "none.csv") is None
    with limits(max_bytes=100):
        assert "more than the 100 bytes allowed" in (too_large(folder) or "")
