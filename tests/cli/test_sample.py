"""`labelfeed sample`."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from labelfeed.cli import sample
from labelfeed.data.dataset import DataError
from labelfeed.data.loading import load_data
from labelfeed.labels.errors import CellError
from labelfeed.runs.train_generator import train_generator
from tests._generators import TINY, Drawn, small_generator
from tests._rows import write_images


@pytest.fixture
def small(tmp_path_factory, tmp_path, monkeypatch):
    made = small_generator(tmp_path)
    run = dataclasses.replace(made.run, model=Drawn(made.run))
    monkeypatch.setattr(sample, "load_generator", lambda path: run)
    made.run = run
    return made


def test_rows_are_written_and_cells_filled(small, tmp_path, capsys):
    out = tmp_path / "made.csv"
    sample.run_sample("gen", str(out), n=7, known=["Class=ILL,age=63"], guidance=2.0)
    assert "7 rows made for class ILL, age 63; written to" in capsys.readouterr().out
    made = pd.read_csv(out)
    assert (
        list(made) == list(small.raw) and set(made["class"]) == {"ill"} and set(made["age"]) == {63}
    )
    sample.run_sample("gen", str(tmp_path / "made.parquet"), n=2)
    assert len(pd.read_parquet(tmp_path / "made.parquet")) == 2
    sample.run_sample("gen", str(tmp_path / "far.csv"), n=1, known=["age=900"])
    assert "'age': 1 of 1 values lie outside" in capsys.readouterr().err
    sample.run_sample(
        "gen", str(tmp_path / "g.csv"), n=1, known=["class=ill", "age=50"], guidance=0
    )
    said = capsys.readouterr()
    assert "not followed: class" in said.err and "1 rows made for age 50;" in said.out
    with pytest.raises(DataError, match="there already"):
        sample.run_sample("gen", str(out), n=7)

    holes = tmp_path / "holes.csv"
    holes.write_text("age,class,sex\n050.0,,m\n,well,\n")
    sample.run_sample("gen", str(out), given=str(holes), overwrite=True)
    filled = pd.read_csv(out, dtype=str)
    assert filled["age"][0] == "050.0" and filled["class"][1] == "well" and filled["sex"][0] == "m"
    assert filled.notna().all().all() and list(filled)[:3] == ["age", "class", "sex"]
    holes.write_text("class\nill\n")
    sample.run_sample("gen", str(out), given=str(holes), overwrite=True, quiet=True)
    assert pd.read_csv(out)["class"].tolist() == ["ill"]
    with pytest.raises(DataError, match="--known goes with --n"):
        sample.run_sample("gen", str(out), given=str(holes), known=["age=3"], overwrite=True)
    for known, message in (
        ("class=wel", "--known: got 'wel'.*mean 'well'"),
        ("sex=x", "in no training"),
    ):
        with pytest.raises(CellError, match=message):
            sample.run_sample("gen", str(out), n=3, known=[known], overwrite=True)


def test_pictures_are_files_beside_a_table_of_labels(tmp_path, monkeypatch):
    data = load_data(write_images(tmp_path / "pictures", 8), image_size=8)
    run = train_generator(data, dataclasses.replace(TINY, batch_size=8, width=4))
    monkeypatch.setattr(sample, "load_generator", lambda path: run)
    folder = tmp_path / "made"
    sample.run_sample("gen", str(folder), n=2, known=["label=dark"], quiet=True)
    table = pd.read_csv(folder / "labels.csv")
    assert table.to_dict("list") == {"file": ["0001.png", "0002.png"], "label": ["dark"] * 2}
    assert np.asarray(Image.open(folder / "0001.png")).shape == (8, 8, 3)
    for out, message in ((folder, "there already"), (tmp_path / "x.csv", "go into a folder")):
        with pytest.raises(DataError, match=message):
            sample.run_sample("gen", str(out), n=2)
    with pytest.raises(DataError, match="makes pictures"):
        sample.run_sample("gen", str(tmp_path / "y"), given="rows.csv")


def test_cells_that_are_filled_are_counted_words_for_empty_too():
    raw = pd.DataFrame({"a": ["?", "x", None], "b": [1.0, np.nan, np.nan]})
    filled = pd.DataFrame({"a": ["y", "x", "y"], "b": [1.0, 2.0, np.nan], "c": "z"})
    assert sample._differing(raw, filled) == 3
