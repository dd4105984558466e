"""The sets of the benchmark of partly known labels."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from benchmarks.partial_data import load, split


def test_an_arff_is_read_to_features_and_labels(tmp_path: Path) -> None:
    rows = [[i / 10] * 3 + [i % 2] * 6 for i in range(10)]
    text = "@relation r\n@attribute a numeric\n@DATA\n"
    text += "\n".join(",".join(map(str, row)) for row in rows) + "\n"
    (tmp_path / "emotions.arff.gz").write_bytes(gzip.compress(text.encode()))
    x, y, groups = load("emotions", tmp_path)
    assert x.shape == (10, 3) and y.shape == (10, 6) and groups is None
    assert x[3].tolist() == [0.3] * 3 and y[3].tolist() == [1] * 6
    with pytest.raises(SystemExit, match=r"yeast.arff.gz is not there"):
        load("yeast", tmp_path)
    with pytest.raises(SystemExit, match=r"birds is read from a file: give its folder"):
        load("birds", None)


def test_parts_do_not_overlap_and_training_sets_the_scale() -> None:
    parts = split("breast-cancer", None, seed=0)
    sizes = [len(x) for x, _ in (parts.train, parts.validation, parts.test)]
    assert sizes == [342, 57, 170]
    x, y = parts.train
    assert np.abs(x.mean(axis=0)).max() < 0.1  # clipped at five deviations
    assert np.abs(y[:, :10].mean(axis=0) - 0.5).max() < 0.01
    assert not np.array_equal(split("breast-cancer", None, seed=1).train[0], x)
    assert np.array_equal(split("breast-cancer", None, seed=0).train[0], x)


def test_gaps_are_filled_flagged_and_stay_in_the_raw_features(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    table = rng.normal(size=(100, 3))
    table[::4, 1] = np.nan
    text = "a,b,c," + ",".join(f"label{i}" for i in range(19)) + "\n"
    for row, label in zip(table, rng.integers(0, 2, (100, 19)), strict=True):
        cells = ["" if np.isnan(v) else f"{v}" for v in row]
        text += ",".join([*cells, *map(str, label)]) + "\n"
    (tmp_path / "birds.csv.gz").write_bytes(gzip.compress(text.encode()))
    parts = split("birds", tmp_path, seed=0)
    (x, y), raw = parts.train, parts.raw[0]
    assert (x.shape, y.shape, raw.shape) == ((60, 4), (60, 19), (60, 3))
    gap = np.isnan(raw[:, 1])
    assert gap.sum() > 5 and np.array_equal(x[:, 3], gap) and not x[gap, 1].any()


def test_patients_stay_on_one_side(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    lines = ["Finding Labels,Patient ID,Patient Age,Patient Gender,View Position"]
    for _ in range(400):
        cell = rng.choice(["No Finding", "Mass", "Mass|Hernia"])
        lines.append(f"{cell},P{rng.integers(90)},{rng.integers(20, 80)},F,PA")
    (tmp_path / "chest-findings.csv").write_text("\n".join(lines))
    parts = split("chest-findings", tmp_path, seed=1)
    train, validation, test = map(set, parts.groups)
    assert not train & validation and not train & test and not validation & test
    sizes = [len(part) for part in parts.groups]
    assert np.abs(np.divide(sizes, 400) - [0.6, 0.1, 0.3]).max() < 0.02
