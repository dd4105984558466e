"""Which rows a generator is judged by."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from labelfeed.data.dataset import DataError
from labelfeed.data.loading import fingerprint, load_data
from labelfeed.data.read_table import table_if_any
from labelfeed.runs.judge_generator import judge_generator, real_rows
from labelfeed.runs.train_generator import train_generator
from tests._fewer_trees import fewer_trees  # noqa: F401 (a fixture)
from tests._generators import TINY, Drawn, small_generator
from tests._rows import write_csv

pytestmark = pytest.mark.only_backend("torch")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    made = small_generator(tmp_path_factory.mktemp("judged"))
    data = {**made.run.data, "fingerprint": fingerprint(made.path)}
    split = {"validation": list(range(5)), "test": list(range(60, 90))}
    run = dataclasses.replace(made.run, model=Drawn(made.run), data=data, split=split)
    made.run = run
    return made


def test_test_rows_of_the_training_file_are_held_out(small):
    rows = real_rows(small.run, small.path)
    assert (len(rows.train), len(rows.held_out)) == (55, 30)
    assert rows.held_out.index.tolist() == list(range(60, 90))
    assert "30 held-out rows of the training file" in rows.what


def test_all_rows_of_another_file_are_held_out(small, tmp_path):
    rows = real_rows(small.run, write_csv(tmp_path / "new.csv", 40, seed=3))
    assert (len(rows.train), len(rows.held_out)) == (55, 40)


def test_without_the_training_file_nothing_tells_copies(small, tmp_path):
    gone = dataclasses.replace(small.run, data={**small.run.data, "path": "gone.csv"})
    with pytest.raises(DataError, match=r"gone\.csv is gone or has changed"):
        real_rows(gone, write_csv(tmp_path / "new.csv", 40, seed=3))


def test_a_file_that_is_not_there_is_named(small, tmp_path):
    with pytest.raises(DataError, match=r"gone\.csv: no such file"):
        real_rows(small.run, tmp_path / "gone.csv")


def test_several_files_are_one_table(small, tmp_path):
    head, *lines = small.path.read_text().splitlines(keepends=True)
    for name, part in (("a", lines[:70]), ("b", lines[70:])):
        (tmp_path / f"{name}.csv").write_text("".join([head, *part]))
    files = [str(tmp_path / "a.csv"), str(tmp_path / "b.csv")]
    kept = {"path": files, "fingerprint": fingerprint(files)}
    run = dataclasses.replace(small.run, data={**small.run.data, **kept})
    whole = real_rows(small.run, small.path)
    for named in (files, str(tmp_path / "*.csv"), tmp_path):
        rows = real_rows(run, named)
        assert rows.held_out.equals(whole.held_out) and rows.train.equals(whole.train)
    assert real_rows(run, small.path).train.equals(whole.train)  # read from where they stand
    with pytest.raises(DataError, match=r"a\.csv: the generator learned from .* and 1 more"):
        real_rows(run, tmp_path / "a.csv")
    (tmp_path / "b.csv").unlink()
    with pytest.raises(DataError, match=r"b\.csv.* is gone or has changed"):
        real_rows(run, small.path)


def test_no_held_out_rows_are_told(small):
    run = dataclasses.replace(small.run, split={"validation": [], "test": []})
    with pytest.raises(DataError, match="held no rows out"):
        real_rows(run, small.path)


def test_dates_are_judged_as_numbers(tmp_path):
    rng = np.random.default_rng(0)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 700, 120), unit="D")
    table = pd.DataFrame({"age": rng.integers(20, 90, 120), "seen": days.strftime("%d.%m.%Y")})
    table["ill"] = np.where(table["age"] > 50, "yes", "no")
    table.to_csv(tmp_path / "rows.csv", index=False)
    data = load_data(tmp_path / "rows.csv", target="ill", dates=["seen"])
    run = train_generator(data, TINY, raw=table_if_any(tmp_path / "rows.csv").frame)
    kept = {"kind": "table", "path": str(tmp_path / "rows.csv"), "target": "ill",
            "dates": list(data.dates), "fingerprint": data.fingerprint}  # fmt: skip
    run = dataclasses.replace(run, data={**run.data, **kept}, model=Drawn(run))
    found = judge_generator(run, real_rows(run, tmp_path / "rows.csv"))
    assert {shape.column for shape in found.judged.likeness.shapes} == {"age", "seen", "ill"}
    assert not any("seen" in note for note in found.judged.notes)


def test_labels_are_judged_each_and_ids_not_at_all(small):
    found = judge_generator(small.run, real_rows(small.run, small.path))
    assert found.target == tuple(c.name for c in small.run.spec.label_columns)
    columns = {shape.column for shape in found.judged.likeness.shapes}
    assert "id" not in columns and set(found.target) < columns
    assert len(found.synthetic) == 55 == found.judged.synthetic
    assert not found.judged.copying.copies
    assert np.isfinite(found.judged.likeness.shape)
