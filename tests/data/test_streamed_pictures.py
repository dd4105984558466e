"""Pictures that stay on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from labelfeed.data import streamed_pictures
from labelfeed.data.dataset import DataError
from labelfeed.data.loading import load_data
from labelfeed.data.streamed_pictures import pictures_too_large, stream_pictures
from labelfeed.limits import limits

READING = {"image_size": 8, "image_color": "grey"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    for name in ("cat", "dog"):
        (tmp_path / name).mkdir()
        for k in range(30):
            pixels = rng.integers(0, 256, (8, 8), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / name / f"{k}.png")
    return tmp_path


def test_sample_and_training_pictures_are_those_of_the_folder(folder: Path, monkeypatch) -> None:
    monkeypatch.setattr(streamed_pictures, "_CHUNK_BYTES", 7 * 64)
    found, whole = stream_pictures(folder, sample_rows=20, **READING), load_data(folder, **READING)
    assert found.rows == 60 and len(found.sample) == 20 and found.sample.spec == whole.spec
    assert np.array_equal(found.sample.features, whole.features[found.numbers - 1])
    parts = [p.rows for p in found.training(0.3, 0.2, found.sample.spec, ())]
    ids = np.concatenate([p.row_ids for p in parts])
    split = found.split(0.3, 0.2)
    held = found.sample.row_ids[np.concatenate([split.test, split.validation])]
    assert not set(ids) & set(held) and 20 < len(ids) == len(set(ids)) < 45
    rows = [whole.row_ids.tolist().index(i) for i in ids]
    assert np.array_equal(np.concatenate([p.features for p in parts]), whole.features[rows])
    assert np.array_equal(np.concatenate([p.labels for p in parts]), whole.labels[rows])


def test_equal_pictures_stand_on_one_side(folder: Path) -> None:
    for k in range(30):
        data = (folder / "cat" / f"{k}.png").read_bytes()
        (folder / "cat" / f"again-{k}.png").write_bytes(data)
    found = stream_pictures(folder, sample_rows=90, **READING)
    part = np.zeros(90, int)
    split = found.split(0.4, 0.0)
    part[split.test] = 1
    side = dict(zip(found.sample.row_ids, part, strict=True))
    assert all(side[f"cat/{k}.png"] == side[f"cat/again-{k}.png"] for k in range(30))


def test_a_broken_picture_ends_it_before_training(folder: Path) -> None:
    found = stream_pictures(folder, sample_rows=6, **READING)
    unread = next(i for i in found.pictures.row_ids if i not in found.sample.row_ids)
    (folder / unread).write_bytes(b"nothing")
    with pytest.raises(DataError, match=unread):
        list(found.training(0.0, 0.0, found.sample.spec, ()))


def test_what_is_too_large_is_told_by_the_pixels(folder: Path) -> None:
    assert pictures_too_large(folder, READING) is None
    with limits(max_bytes=1000):
        assert "3.8 kB are more than the 1.0 kB" in (pictures_too_large(folder, READING) or "")
    with pytest.raises(DataError, match="--beside needs all pictures"):
        stream_pictures(folder, beside=["age"])
