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
    x, y = load("emotions", tmp_path)
    assert x.shape == (10, 3) and y.shape == (10, 6)
    assert x[3].tolist() == [0.3] * 3 and y[3].tolist() == [1] * 6
    with pytest.raises(SystemExit, match=r"yeast.arff.gz is not there"):
        load("yeast", tmp_path)


def test_parts_do_not_overlap_and_training_sets_the_scale() -> None:
    parts = split("breast-cancer", None, seed=0)
    sizes = [len(x) for x, _ in (parts.train, parts.validation, parts.test)]
    assert sizes == [342, 57, 170]
    x, y = parts.train
    assert np.abs(x.mean(axis=0)).max() < 0.1  # clipped at five deviations
    assert np.abs(y[:, :10].mean(axis=0) - 0.5).max() < 0.01
    assert not np.array_equal(split("breast-cancer", None, seed=1).train[0], x)
    assert np.array_equal(split("breast-cancer", None, seed=0).train[0], x)
