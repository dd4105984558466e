"""Runs trained on rows that stay on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from labelfeed.data import streamed_table
from labelfeed.data.streamed_pictures import stream_pictures
from labelfeed.data.streamed_table import stream_table
from labelfeed.options import (
    MarginOptions,
    OptionError,
    PartialLabelsOptions,
    PlainOptions,
    SideLabelOptions,
)
from labelfeed.runs.streaming import ON_DISK, streamed_options
from labelfeed.runs.train import train

pytestmark = pytest.mark.only_backend("torch")  # StreamedRows is tested on all
_SMALL = {"width": 8, "depth": 1, "epochs": 2, "batch_size": 64}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("rows")
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(rng.normal(size=(640, 2)), columns=["a", "b"])
    rows["site"] = rng.choice(["n", "s"], 640)
    rows["ill"] = (rows["a"] + (rows["site"] == "s") > 0.5).astype(int)
    rows["red"] = (rows["b"] + rows["ill"] > 0.5).astype(int)
    rows["w"] = rng.random(640)
    rows[:300].to_parquet(place / "0.parquet", row_group_size=100, index=False)
    rows[300:].to_parquet(place / "1.parquet", index=False)
    return place


def test_a_run_learns_from_all_training_rows_and_leaves_nothing(folder: Path, tmp_path) -> None:
    table = stream_table(folder, target="ill", drop=["red"], weights=["w"], sample_rows=200)
    lines: list[str] = []
    options = PlainOptions(**{**_SMALL, "epochs": 8, "learning_rate": 0.02})
    run = train(table, options, note=lines.append, scratch=tmp_path)
    done = run.metrics["training"]
    assert 350 < done["train_rows"] < 500 and done["test_rows"] < 60 and ON_DISK in lines
    assert run.metrics["nothing_known"]["accuracy"] > 0.8
    assert run.options["plain"] == "network" and not list(tmp_path.iterdir())
    numbers = table.table.row_numbers - 1
    assert set(run.split["test"]) <= set(numbers.tolist())
    assert not set(run.split["test"]) & set(run.split["validation"])


def test_strategies_of_two_phases_stream_too(folder: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(streamed_table, "CHUNK", 128)
    several = stream_table(folder, target="ill", labels=["red"], drop=["w"])
    steps: list[tuple[int, int]] = []
    run = train(several, PartialLabelsOptions(**_SMALL), scratch=tmp_path,
                on_judged=lambda *step: steps.append(step))  # fmt: skip
    assert steps[0] == (0, 640) and steps[-1] == (640, 640) and steps == sorted(set(steps))
    assert len(run.metrics["training"]["phases"]) == 2 and "partly_known" in run.metrics
    beside = stream_table(folder, target="ill", sides=["site"], drop=["red", "w"])
    run = train(beside, SideLabelOptions(**_SMALL), scratch=tmp_path)
    assert len(run.metrics["training"]["phases"]) == 2 and run.sides[0].name == "site"


def test_pictures_stay_on_disk_as_bytes_and_are_scaled(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for name, light in (("dark", 0), ("light", 128)):
        (tmp_path / "pics" / name).mkdir(parents=True)
        for k in range(40):
            pixels = rng.integers(light, light + 128, (8, 8), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / "pics" / name / f"{k}.png")
    found = stream_pictures(tmp_path / "pics", sample_rows=40, image_size=8, image_color="grey")
    options = PlainOptions(**{**_SMALL, "epochs": 3, "learning_rate": 0.02, "augment": "none"})
    run = train(found, options, scratch=tmp_path)
    assert run.metrics["training"]["train_rows"] > 40 and run.preprocessor.high == 255
    assert run.metrics["nothing_known"]["accuracy"] > 0.7


def test_what_needs_all_rows_in_the_memory_is_refused() -> None:
    assert streamed_options(PlainOptions()).plain == "network"  # type: ignore[attr-defined]
    with pytest.raises(OptionError, match="'margin' needs all rows"):
        streamed_options(MarginOptions())
    with pytest.raises(OptionError, match="--plain boosting needs all rows"):
        streamed_options(PlainOptions(plain="boosting"))
    with pytest.raises(OptionError, match="control needs all rows"):
        streamed_options(PlainOptions(), blanked=True)
